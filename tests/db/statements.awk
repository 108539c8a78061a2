# Turns sql/query files into a psql script that prepares each statement and prints, for each,
# "name <its name>", "params <types>", "column <name>|<type>" …

function flush_statement() {
	if (name == "")
		return
	printf "\\echo name %s\n", name
	printf "PREPARE %s AS %s;\n", name, text
	printf "SELECT 'params ' || array_to_string(parameter_types, ', ') FROM pg_prepared_statements WHERE name = '%s';\n", name
	printf "%s \\gdesc\n", text
}

/^-- name:/ {
	flush_statement()
	name = $0
	sub(/^-- name: /, "", name)
	sub(/\(.*$/, "", name)
	text = ""
	next
}

/^[ \t]*--/ || /^[ \t]*$/ { next }

{
	sub(/;[ \t]*$/, "")
	text = text $0 "\n"
}

END { flush_statement() }
