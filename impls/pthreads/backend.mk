# 1:1: every G is a kernel thread.
model := 1:1
caps  := parallel preemptive blocking threads
src   := $(addprefix $(here)/,pthreads.c fd.c) \
         $(addprefix impls/,fatal.c leaks.c overflow.c altstack.c trace.c symbols.c \
           trace_x86_64.S trace_aarch64.S now.c inline.c procs.c lock.c \
           sync/wg.c sync/mutex.c sync/rwmutex.c sync/cond.c sync/once.c \
           sync/chan.c sync/select.c sync/fd.c)
