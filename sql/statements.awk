# Turns named statements into an enum and a table.
#
#   awk -v mode=h -f statements.awk sql/migrate/*.sql sql/query/*.sql > statements.h
#   awk -v mode=c -f statements.awk sql/migrate/*.sql sql/query/*.sql > statements.c
#
# A statement begins with a line `-- name: message_read(actor, channel_id, message_id)` and ends
# before the next one. The number of names must equal the highest $n, and every $1 … $n must occur.
# Migrations are only counted: the highest number becomes SCHEMA_VERSION.

function fail(msg) {
	printf "%s:%d: %s\n", FILENAME, FNR, msg > "/dev/stderr"
	failed = 1
	exit 1
}

# One character at a time: awks disagree about backslashes in gsub().
function escape(s,   i, c, out) {
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\" || c == "\"")
			out = out "\\" c
		else if (c == "\t")
			out = out " "
		else
			out = out c
	}
	return out
}

function finish(   i, used, rest, n, max) {
	if (name == "")
		return
	max = 0
	rest = text
	while (match(rest, /\$[0-9]+/)) {
		n = substr(rest, RSTART + 1, RLENGTH - 1) + 0
		used[n] = 1
		if (n > max)
			max = n
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (max != params)
		fail("statement " name " declares " params " parameters and uses $" max)
	for (i = 1; i <= max; i++)
		if (!(i in used))
			fail("statement " name " does not use $" i)
	if (name in seen)
		fail("statement " name " stands twice")
	seen[name] = 1
	count++
	names[count] = name
	nparams[count] = params
	bodies[count] = text
	name = ""
}

FILENAME ~ /(^|\/)migrate\/[0-9]+_/ {
	file = FILENAME
	sub(/^.*migrate\//, "", file)
	sub(/_.*$/, "", file)
	if (file + 0 > version)
		version = file + 0
	next
}

/^-- name:/ {
	finish()
	if ($0 !~ /^-- name: [a-z][a-z0-9_]*\([a-z0-9_, ]*\)$/)
		fail("unreadable statement header")
	name = $0
	sub(/^-- name: /, "", name)
	list = name
	sub(/\(.*$/, "", name)
	sub(/^[^(]*\(/, "", list)
	sub(/\)$/, "", list)
	params = list == "" ? 0 : split(list, parts, /, */)
	text = ""
	next
}

/^[ \t]*--/ || /^[ \t]*$/ { next }

{
	if (name == "")
		fail("text before the first statement header")
	line = $0
	sub(/;[ \t]*$/, "", line)
	text = text line "\n"
}

END {
	if (failed)
		exit 1
	finish()
	if (failed)
		exit 1
	print "/* Made from sql/query by sql/statements.awk. */"
	if (mode == "h") {
		print "#ifndef MOOT_LINK_STATEMENTS_H\n#define MOOT_LINK_STATEMENTS_H\n"
		print "#define SCHEMA_VERSION " version + 0 "\n"
		print "enum stmt {"
		for (i = 1; i <= count; i++)
			print "\tSTMT_" toupper(names[i]) ","
		print "\tSTMT__MAX\n};\n"
		print "struct stmt_def {\n\tconst char *name;\n\tconst char *sql;\n\tint nparams;\n};\n"
		print "extern const struct stmt_def stmt_table[STMT__MAX];\n\n#endif"
	} else {
		print "#include \"link/statements.h\"\n"
		print "const struct stmt_def stmt_table[STMT__MAX] = {"
		for (i = 1; i <= count; i++) {
			printf "\t[STMT_%s] = { \"%s\",\n", toupper(names[i]), names[i]
			n = split(bodies[i], lines, "\n")
			for (k = 1; k < n; k++)
				printf "\t\t\"%s\\n\"\n", escape(lines[k])
			printf "\t\t\"\", %d },\n", nparams[i]
		}
		print "};"
	}
}
