# SPDX-License-Identifier: Apache-2.0
#
# arrows.awk: who may include whom, and what else holds of every source.  Reads
# the names of all files, one a line; prints a TAP test for each rule, with the
# places that break it.
#
# The arrows are in the READMEs.  A folder whose README.md has a line
#
#     **May include:** `harness/base` `workloads/list.h`
#
# is a room; a folder without such a line belongs to the room above it.  A file may
# include what is in its own room, in the rooms that are named there, and the single
# files; a test also what a line **Tests may include:** names.  Followed from room to
# room, the arrows never come back.
#
# A back end is a folder of impls/ with a backend.mk.  What the back ends share finds
# the one that it is compiled for as backend.h.

function rule(id, text) { ids[++rules] = id; says[id] = text }
function broken(id, where, what) { found[id] = found[id] "#   " where ": " what "\n" }

BEGIN {
	rule("rooms", "a file includes what its room's README lets it include")
	rule("one way", "no room includes one that includes it, straight or by way of others")
	rule("workloads", "no workload includes the list of them")
	rule("backends", "no back end is included from outside its folder")
	rule("hwloc", "only harness/topo/topo_load.c includes hwloc")
	rule("benchmark", "only harness/cell/gbench.cc includes Google Benchmark")
	rule("jansson", "only harness/results/ and *_json.c of harness/ include jansson")
	rule("archive", "only pack.c, unpack.c and sums.c of harness/bundle/ include libarchive and libmd")
	rule("cmocka", "only tests include cmocka")
	rule("system", "every other <header> is the system's")
	rule("quoted", "every \"header\" is a file of the tree, or made by the Makefile")
	rule("c++", "harness/cell/gbench.cc is the only C++")
	rule("names", "nothing compares the name of a back end")
	rule("top", "the top level holds what the README says, and nothing else")
	rule("readme", "each folder has a README.md, in impls/ and harness/ those below it too")
	rule("spdx", "each source names its licence")
	rule("many", "a folder of more than 24 files says in its README.md why it has so many files")
	rule("long", "a file of more than 800 lines says in its head why it has so many lines")

	n = split("Makefile README.md LICENSE impls harness workloads results scripts", list)
	for (i = 1; i <= n; i++)
		top[list[i]] = 1
	# Of C, POSIX, Linux and the compilers.
	n = split("aio assert byteswap complex cpuid ctype dirent dlfcn elf endian errno execinfo fcntl " \
		"arm_sve features fenv float fnmatch ftw getopt glob grp immintrin inttypes iso646 langinfo " \
		"libgen limits link locale malloc math mqueue netdb poll pthread pwd regex sched search " \
		"semaphore setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio " \
		"stdlib stdnoreturn string strings termios threads time ucontext unistd unwind wchar " \
		"wctype x86intrin", list)
	for (i = 1; i <= n; i++)
		system_header[list[i] ".h"] = 1
}

{ tree[$0] = 1; order[++files] = $0 }
match($0, /^impls\/[^\/]+\/backend\.mk$/) { backend[substr($0, 7, RLENGTH - 17)] = 1 }

function area(path) { return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : path }

function backend_of(path,	part) {
	split(path, part, "/")
	return part[1] == "impls" && part[2] in backend ? part[2] : ""
}

# Without "." and "..".
function plain(path,	part, n, i, out, kept) {
	n = split(path, part, "/")
	for (i = 1; i <= n; i++)
		if (part[i] == "..")
			kept--
		else if (part[i] != "." && part[i] != "")
			out[++kept] = part[i]
	path = out[1]
	for (i = 2; i <= kept; i++)
		path = path "/" out[i]
	return path
}

# The file of the tree that a compiler could find, or "".
function resolve(file, header,	dir, own, path, i) {
	dir = file
	sub(/[^\/]*$/, "", dir)
	own = backend_of(file)
	split(dir (own == "" ? "" : "|impls/" own) "|" area(file) "|workloads|impls|harness", path, "|")
	for (i = 1; i in path; i++)
		if (plain(path[i] "/" header) in tree)
			return plain(path[i] "/" header)
	if (area(file) == "impls" && header == "backend.h")
		return "impls/backend.h"
	return ""
}

# The words in backticks of a line, as may[room, word].
function read_arrows(room, line, kind,	word) {
	while (match(line, /`[^`]+`/)) {
		word = substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, RSTART + RLENGTH)
		if (!((word) in tree) && !((word "/README.md") in tree))
			broken("rooms", room "/README.md", "names " word ", which is not there")
		may[kind, room, word] = 1
		if (kind == "all")
			arrows[room] = arrows[room] word "\n"
	}
}

# Whether the file is a README of a room; reads its arrows.
function read_readme(file,	room, line, kind) {
	room = file
	sub(/\/README\.md$/, "", room)
	kind = ""
	while ((getline line <file) > 0) {
		if (line ~ /^\*\*(Tests may|May) include:\*\*/) {
			kind = line ~ /^\*\*May/ ? "all" : "tests"
			is_room[room] = 1
		}
		if (line == "")
			kind = ""
		if (kind != "")
			read_arrows(room, line, kind)
		if (line ~ /so many files/)
			many[room] = 1
	}
	close(file)
}

function folder_of(file) {
	sub(/\/[^\/]*$/, "", file)
	return file
}

# The nearest README.md at the folder or above it.
function readme_of(folder) {
	while (!((folder "/README.md") in tree) && folder ~ /\//)
		folder = folder_of(folder)
	return folder
}

function room_of(file,	folder) {
	for (folder = folder_of(file); !(folder in is_room); folder = folder_of(folder))
		if (folder !~ /\//)
			return folder
	return folder
}

# Whether a walk along the arrows from the room comes back to it.
function comes_back(room, at, seen,	list, n, i) {
	n = split(arrows[at], list, "\n")
	for (i = 1; i < n; i++) {
		if (list[i] == room)
			return 1
		if ((list[i] in is_room) && index(seen, "\n" list[i] "\n") == 0) {
			seen = seen list[i] "\n"
			if (comes_back(room, list[i], seen))
				return 1
		}
	}
	return 0
}

function judge_arrow(file, target, where,	from, to, what) {
	from = room_of(file)
	to = room_of(target)
	what = "includes " target
	if (backend_of(target) != "" && backend_of(target) != backend_of(file))
		broken("backends", where, what)
	else if (from != to && target != "impls/backend.h" && !(("all", from, to) in may) && !(("all", from, target) in may) &&
	    !(file ~ /_test\.[ch]$/ && ((("tests", from, to) in may) || (("tests", from, target) in may))))
		broken("rooms", where, what)
	if (target == "workloads/list.h" && area(file) == "workloads")
		broken("workloads", where, what)
}

function judge_header(file, header, where,	id) {
	if (header ~ /^hwloc[.\/]/)
		id = file == "harness/topo/topo_load.c" ? "" : "hwloc"
	else if (header ~ /^benchmark\//)
		id = file == "harness/cell/gbench.cc" ? "" : "benchmark"
	else if (header ~ /^jansson/)
		id = file ~ /^harness\/(results\/|.*_json\.c$)/ ? "" : "jansson"
	else if (header ~ /^(archive|archive_entry|sha2)\.h$/)
		id = file ~ /^harness\/bundle\/(pack|unpack|sums)\.c$/ ? "" : "archive"
	else if (header ~ /^cmocka/)
		id = file ~ /_test\.c$/ ? "" : "cmocka"
	else if (!(header in system_header) && !(header ~ /^[a-z]+$/ && file ~ /\.cc$/) &&
	    header !~ /^(sys|linux|asm|arpa|net|netinet|sanitizer)\//)
		id = "system"
	if (id)
		broken(id, where, "includes <" header ">")
}

function judge_include(file, line, where,	header, target) {
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
	header = substr(line, 2)
	sub(/[">].*/, "", header)
	if (line !~ /^"/) {
		judge_header(file, header, where)
		return
	}
	target = resolve(file, header)
	if (target != "")
		judge_arrow(file, target, where)
	else if (!(header in made))
		broken("quoted", where, "includes \"" header "\"")
}

# A statement, its comments gone, that decides by a back end's name.
function judge_names(statement, where,	name) {
	if (statement !~ /(cmp|str|eq|equal|match)[a-z_]*[ \t]*\(|[=!]=|case/)
		return
	if (statement ~ /cmp[a-z_]*[ \t]*\([^;]*SL_BACKEND/)
		broken("names", where, "compares SL_BACKEND")
	for (name in backend)
		if (statement ~ ("((cmp|str|eq|equal|match)[a-z_]*[ \t]*\\(.*|[=!]=[ \t]*|case[ \t]+)\"" name "[\":-]"))
			broken("names", where, "compares something with \"" name "\"")
}

function read_source(file,	line, n, licensed, argued, c, statement) {
	c = file ~ /\.(c|h|S|cc|go)$/
	while ((getline line <file) > 0) {
		n++
		if (n <= 5 && line ~ /SPDX-License-Identifier: Apache-2\.0/)
			licensed = 1
		if (n <= 30 && line ~ /lines/)
			argued = 1
		if (c && line ~ /^[ \t]*#[ \t]*include/)
			judge_include(file, line, file ":" n)
		if (!c || file ~ /_test\./ || line ~ /^[ \t]*(\*|\/\/)/)
			continue
		gsub(/\/\*.*\*\//, "", line)
		sub(/\/[\/*].*/, "", line)
		statement = statement line
		if (line ~ /[;{}]/) {
			judge_names(statement, file ":" n)
			statement = ""
		}
	}
	close(file)
	if (!licensed)
		broken("spdx", file, "no SPDX-License-Identifier: Apache-2.0 in its first five lines")
	if (n > 800 && !argued)
		broken("long", file, n " lines")
}

END {
	while ((getline line <"Makefile") > 0)
		while (match(line, /[a-z_]+\.h/)) {
			made[substr(line, RSTART, RLENGTH)] = 1
			line = substr(line, RSTART + RLENGTH)
		}
	for (f = 1; f <= files; f++)
		if (order[f] ~ /\/README\.md$/)
			read_readme(order[f])
	for (room in is_room)
		if (comes_back(room, room, "\n"))
			broken("one way", room "/README.md", "its arrows come back to it")
	for (f = 1; f <= files; f++) {
		file = order[f]
		if (file ~ /\//)
			population[folder_of(file)]++
		name = file
		sub(/.*\//, "", name)
		if (file ~ /\.(cc|cpp|cxx|C|hh|hpp)$/ && file != "harness/cell/gbench.cc")
			broken("c++", file, "is C++")
		if (file ~ /\.(c|h|S|cc|go|awk|bats|bash|gp|gnuplot|sh)$/ || file ~ /^(scripts|\.ci)\// && name !~ /\./)
			read_source(file)
		if (!(area(file) in top) && file !~ /^\./)
			stray[area(file)] = 1
	}
	for (name in population) {
		if (population[name] > 24 && !(readme_of(name) in many) && name !~ /^results\/|\/testdata/)
			broken("many", name, population[name] " files")
		if (name ~ /^(impls|harness)\// && name !~ /\/testdata/ && !((name "/README.md") in tree) && backend_of(name "/") == "")
			broken("readme", name "/README.md", "is missing")
	}
	for (name in stray)
		broken("top", name, "does not belong there")
	for (name in top) {
		present = name in tree
		for (f = 1; f <= files && !present; f++)
			present = index(order[f], name "/") == 1
		if (!present)
			broken("top", name, "is missing")
		if (name !~ /[A-Z]/ && !((name "/README.md") in tree))
			broken("readme", name "/README.md", "is missing")
	}

	print "1.." rules
	for (i = 1; i <= rules; i++)
		printf "%s %d - %s\n%s", ids[i] in found ? "not ok" : "ok", i, says[ids[i]], found[ids[i]]
}
