# Turns schema files into a C table, so that a program and its schema cannot differ.
#
#   awk -f embed.awk sql/migrate/*.sql sql/shape/*.sql sql/func/*.sql > schema.c

function escape(s,   i, c, out) {
	out = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\" || c == "\"")
			out = out "\\" c
		else if (c == "\t")
			out = out "\\t"
		else
			out = out c
	}
	return out
}

BEGIN {
	print "/* Made from sql/ by sql/embed.awk. */"
	print "#include \"ctl/schema.h\"\n"
	print "const struct schema_file schema_files[] = {"
}

FNR == 1 {
	if (open)
		print "\t\t\"\" },"
	path = FILENAME
	if (match(path, /(migrate|shape|func)\/[^\/]*$/))
		path = substr(path, RSTART)
	printf "\t{ \"%s\",\n", path
	open = 1
}

{ printf "\t\t\"%s\\n\"\n", escape($0) }

END {
	if (open)
		print "\t\t\"\" },"
	print "\t{ 0, 0 }\n};"
}
