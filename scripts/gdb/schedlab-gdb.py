# SPDX-License-Identifier: Apache-2.0
#
# schedlab-gdb.py: Gs in gdb, of a running program or of its core.
#
#   (gdb) source scripts/gdb/schedlab-gdb.py
#   (gdb) info gs          every G that lives: its state, what for, since when
#   (gdb) g 17 bt          the backtrace of one that is off the processor
#
# For the back ends whose Gs are coroutines; a G of pthreads is a thread, which gdb
# knows by itself.  How a G is laid out is in the program's debugging information.

import re
import time

import gdb
import gdb.types
from gdb.unwinder import Unwinder

# What sl__switch leaves: the registers from a G's sp on, each of 8 bytes; which of them
# is where it goes on; its stack pointer's name, and how far above sp that is.
CONTEXT = {
    "x86-64": (("r15", "r14", "r13", "r12", "rbx", "rbp", "rip"), 6, "rsp", 56),
    "aarch64": (("x29", "pc") + tuple("x%d" % n for n in range(19, 29)), 1, "sp", 160),
}
OFF_PROCESSOR = ("runnable", "waiting", "sleeping")


def variable(name):
    found = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
    if not found:
        raise gdb.GdbError("there is no %s: not a program of single-p or work-stealing, "
                           "or without debugging information" % name)
    return found.value()


def records():
    """Each G that lives, and its state."""
    pool = variable("pool")
    pointer = gdb.lookup_type("struct sl_g").pointer()
    states = {f.enumval: f.name[2:].lower() for f in gdb.lookup_type("enum g_status").fields()}
    size, chunks = int(pool["record_size"]), int(pool["nchunks"])
    for i in range(chunks):
        start = int(pool["chunks"][i])
        used = int(pool["chunk_used"])
        if i < chunks - 1:
            used = int(gdb.parse_and_eval("RECORD_CHUNK")) // size * size
        for at in range(start, start + used, size):
            g = gdb.Value(at).cast(pointer).dereference()
            state = states[int(g["status"])]
            if state != "dead":
                yield g, state


def function(pointer):
    """The name of what a pointer points to."""
    found = re.search(r"<([^>+]*)", pointer.format_string(symbols=True))
    return found.group(1) if found else "?"


def entry(g):
    """The function that the program gave: the first word of what a wrapper gets."""
    name = function(g["fn"])
    if name in ("run_task", "run_initial"):
        name = function(g["arg"].cast(g["fn"].type.pointer()).dereference())
    return name


def clock():
    """The program's clock.  A core has none: what it last read of it."""
    connection = getattr(gdb.selected_inferior(), "connection", None)
    if connection and connection.type == "native":
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    sched = variable("sched")
    if gdb.types.has_field(sched.type, "allp"):
        return max(int(sched["allp"][i]["now"]) for i in range(int(sched["procs"])))
    return int(sched["now"])


class InfoGs(gdb.Command):
    """The Gs that live: id, state, what a waiting one waits for, since when, and
the function that it was started with."""

    def __init__(self):
        super().__init__("info gs", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        gs = sorted(records(), key=lambda r: int(r[0]["id"]))
        now = clock()
        print("%6s  %-9s %9s  %-20s %s" % ("G", "state", "since", "reason", "started as"))
        for g, state in gs:
            since = reason = "-"
            if state in ("waiting", "sleeping"):
                since = "%.1f s" % max(0, (now - int(g["since"])) / 1e9)
            if state == "waiting":
                reason = g["reason"].string()
            print("%6d  %-9s %9s  %-20s %s" % (int(g["id"]), state, since, reason, entry(g)))


class FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class Parked(Unwinder):
    """Makes a parked context the caller of the innermost frame, of which nothing else
is kept: no register of the program is written, so a core will do."""

    def __init__(self):
        super().__init__("schedlab parked G")
        self.context = None

    def __call__(self, frame):
        if self.context is None:
            return None
        context, self.context = self.context, None      # the innermost frame alone
        arch = frame.architecture().name()
        names, pc, sp, size = next(c for name, c in CONTEXT.items() if name in arch)
        word = gdb.lookup_type("unsigned long")
        at = gdb.Value(context).cast(word.pointer())
        info = frame.create_unwind_info(FrameId(at[0].address, at[pc]))
        for i, name in enumerate(names):
            info.add_saved_register(name, at[i])
        info.add_saved_register(sp, gdb.Value(context + size).cast(word))
        return info


class G(gdb.Command):
    """g ID bt: the backtrace of the G with that number, if it is off the processor."""

    def __init__(self):
        super().__init__("g", gdb.COMMAND_STACK)
        self.parked = Parked()
        gdb.unwinder.register_unwinder(None, self.parked, replace=True)

    def invoke(self, argument, from_tty):
        words = argument.split()
        if len(words) != 2 or not words[0].isdigit() or words[1] not in ("bt", "backtrace"):
            raise gdb.GdbError("usage: g ID bt")
        for g, state in records():
            if int(g["id"]) == int(words[0]):
                break
        else:
            raise gdb.GdbError("there is no G %s: see `info gs`" % words[0])
        if state == "new":
            raise gdb.GdbError("G %s has not run yet: it begins in %s" % (words[0], entry(g)))
        if state not in OFF_PROCESSOR:
            raise gdb.GdbError("G %s is %s: see `thread apply all bt`" % (words[0], state))
        self.parked.context = int(g["sp"])
        gdb.invalidate_cached_frames()
        try:
            trace = gdb.execute("bt", to_string=True)
        finally:
            self.parked.context = None
            gdb.invalidate_cached_frames()
        # The innermost frame is the thread's own.
        trace = trace[trace.index("\n#1 ") + 1:]
        print(re.sub(r"(?m)^#(\d+) +", lambda m: "#%-3d" % (int(m[1]) - 1), trace), end="")


InfoGs()
G()
