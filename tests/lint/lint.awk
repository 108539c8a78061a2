# lint.awk RULES FILE… - prints "path:line: what" for each broken rule; the exit status is 1 then.
# Runs in the root of the tree. Folders say what they may include in .may_include: a line is a
# layer ("base") or one folder of it ("push/core"), or "!" and the beginning of a path that is
# refused all the same.

function complain(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}

function folder_of(path) {
	sub(/\/[^\/]*$/, "", path)
	return path
}

# The layers and refusals of a folder, read once.
function load_folder(folder,	line, file) {
	if (folder in loaded)
		return
	loaded[folder] = 1
	file = folder "/.may_include"
	while ((getline line < file) > 0) {
		if (line == "" || line ~ /^#/)
			continue
		if (line ~ /^!/)
			refused[folder, ++refusals[folder]] = substr(line, 2)
		else
			layer[folder, line] = 1
		described[folder] = 1
	}
	close(file)
}

# Whether the file stands under one of the prefixes of a rule.
function is_door(path, prefixes,	n, i, p) {
	n = split(prefixes, p, " ")
	for (i = 1; i <= n; i++)
		if (index(path, p[i]) == 1)
			return 1
	return 0
}

function check_own(path,	folder, first, i) {
	folder = folder_of(FILENAME)
	if (folder ~ /^tests\//)
		return
	load_folder(folder)
	if (!(folder in described)) {
		complain("no .may_include in " folder)
		return
	}
	if (path !~ /\// || path ~ /\.\./) {
		complain("\"" path "\": includes start at their layer")
		return
	}
	first = path
	sub(/\/.*/, "", first)
	if (!((folder, first) in layer) && !((folder, folder_of(path)) in layer))
		complain("\"" path "\": " folder " stands below or beside " first)
	for (i = 1; i <= refusals[folder]; i++)
		if (index(path, refused[folder, i]) == 1)
			complain("\"" path "\" is not for " folder)
}

function check_foreign(path,	h) {
	for (h in door)
		if (index(path, h) == 1) {
			if (!is_door(FILENAME, door[h]))
				complain("<" path "> has its door elsewhere:" door[h])
			return
		}
	if (!(path in libc))
		complain("<" path "> is foreign: give it a door in tests/lint/rules")
}

# The line without comments and what stands in quotes; in_comment lives on across lines.
function code_of(line,	out, c, two, quote) {
	out = ""
	while (line != "") {
		two = substr(line, 1, 2)
		c = substr(line, 1, 1)
		if (in_comment) {
			if (two == "*/") {
				in_comment = 0
				line = substr(line, 2)
			}
		} else if (quote != "") {
			if (c == "\\")
				line = substr(line, 2)
			else if (c == quote)
				quote = ""
		} else if (two == "/*") {
			in_comment = 1
			line = substr(line, 2)
		} else if (two == "//") {
			break
		} else if (c == "\"" || c == "'") {
			quote = c
			out = out c
		} else {
			out = out c
		}
		line = substr(line, 2)
	}
	return out
}

# Every name before an opening parenthesis, unless it is a member (x.time(), p->exit()).
function check_calls(code,	name, before, f) {
	while (match(code, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)) {
		name = substr(code, RSTART, RLENGTH - 1)
		before = substr(code, 1, RSTART - 1)
		code = substr(code, RSTART + RLENGTH)
		sub(/[ \t]+$/, "", name)
		if (before ~ /(\.|->)[ \t]*$/)
			continue
		for (f in banned) {
			if (name != f && !(f in open_ended && index(name, f) == 1))
				continue
			if (!is_door(FILENAME, banned[f]))
				complain(name "() is not for this file")
		}
	}
}

# Names that begin so belong to some files only.
function check_names(code,	n) {
	for (n in named)
		if (code ~ "(^|[^A-Za-z_0-9])" n && !is_door(FILENAME, named[n]))
			complain(n "… is not for this file")
}

# Columns of a line: a tab goes to the next multiple of eight, and a character may have several bytes.
function width(line,	n, i, part, columns) {
	gsub(/[\200-\277]/, "", line)
	n = split(line, part, "\t")
	for (i = 1; i < n; i++)
		columns += length(part[i]) + 8 - (columns + length(part[i])) % 8
	return columns + length(part[n])
}

function check_width(line,	columns) {
	if (FILENAME ~ /\.def$/ || !widest)
		return
	columns = width(line)
	if (columns <= widest)
		return
	was_wide = 1
	if (!(FILENAME in wide))
		complain(columns " columns, more than " widest)
}

function end_of_file() {
	if (last in wide && !was_wide) {
		printf "%s:%d: has no wide line: take it off the list\n", last, lines
		bad = 1
	}
	was_wide = 0
	if (last != "" && lines > longest) {
		printf "%s:%d: %d lines, more than %d\n", last, lines, lines, longest
		bad = 1
	}
}

BEGIN {
	n = split("arpa/inet.h assert.h ctype.h dirent.h errno.h fcntl.h float.h getopt.h glob.h grp.h " \
	    "ifaddrs.h inttypes.h net/if.h spawn.h sys/inotify.h sys/signalfd.h sys/sysinfo.h " \
	    "limits.h locale.h malloc.h math.h netdb.h netinet/in.h netinet/tcp.h poll.h pwd.h " \
	    "regex.h sched.h setjmp.h signal.h stdarg.h stdbool.h stddef.h stdint.h stdio.h " \
	    "stdlib.h string.h strings.h sys/epoll.h sys/eventfd.h sys/file.h sys/ioctl.h " \
	    "sys/mman.h sys/prctl.h sys/random.h sys/resource.h sys/select.h sys/socket.h " \
	    "sys/stat.h sys/statvfs.h sys/syscall.h sys/time.h sys/timerfd.h sys/types.h sys/uio.h " \
	    "sys/un.h sys/utsname.h sys/wait.h syslog.h termios.h time.h unistd.h wchar.h", names, " ")
	for (i = 1; i <= n; i++)
		libc[names[i]] = 1
}

FNR == 1 && NR > 1 && seen_rules {
	end_of_file()
	in_comment = 0
}

NR == FNR {
	seen_rules = 1
	if ($0 == "" || $0 ~ /^#/)
		next
	rest = ""
	for (i = 3; i <= NF; i++)
		rest = rest " " $i
	if ($1 == "header") {
		door[$2] = rest
	} else if ($1 == "ban") {
		name = $2
		if (sub(/\*$/, "", name))
			open_ended[name] = 1
		banned[name] = rest
	} else if ($1 == "columns") {
		widest = $2
	} else if ($1 == "wide") {
		wide[$2] = 1
	} else if ($1 == "lines") {
		longest = $2
	} else if ($1 == "name") {
		named[$2] = rest
	} else if ($1 == "word") {
		words[$2] = 1
	}
	next
}

{
	last = FILENAME
	lines = FNR
	check_width($0)
	for (w in words)
		if ($0 ~ "(^|[^A-Za-z])" w "([^A-Za-z]|$)")
			complain("says " w)
	if ($0 ~ /^[ \t]*#[ \t]*include[ \t]*"/) {
		split($0, part, "\"")
		check_own(part[2])
	} else if ($0 ~ /^[ \t]*#[ \t]*include[ \t]*</) {
		split($0, part, /[<>]/)
		check_foreign(part[2])
	} else {
		code = code_of($0)
		check_calls(code)
		check_names(code)
	}
}

END {
	end_of_file()
	exit bad
}
