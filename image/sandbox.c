#include "image/sandbox.h"

#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* AddressSanitizer asks for the signal stack before a process ends. */
#ifdef MOOT_ASAN
#define SANITIZER_CALLS SCMP_SYS(sigaltstack),
#else
#define SANITIZER_CALLS
#endif

static bool
bound(int what, rlim_t most, rlim_t end)
{
	return setrlimit((__rlimit_resource_t)what, &(struct rlimit){ most, end }) == 0;
}

static bool
bound_all(void)
{
#ifndef MOOT_ASAN
	if (!bound(RLIMIT_AS, SANDBOX_MEMORY, SANDBOX_MEMORY))
		return false;
#endif
	/* the first ends it by SIGXCPU, so that who waits can tell it from a SIGKILL of others */
	return bound(RLIMIT_CPU, SANDBOX_SECONDS, SANDBOX_SECONDS + 1) &&
	    bound(RLIMIT_NOFILE, 0, 0) && bound(RLIMIT_NPROC, 0, 0) &&
	    bound(RLIMIT_FSIZE, 0, 0) && bound(RLIMIT_CORE, 0, 0);
}

/* Memory that is nobody's file and never code. */
static bool
allow_memory(scmp_filter_ctx f)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
		   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
		   SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool
filter(void)
{
	static const int calls[] = { SANITIZER_CALLS SCMP_SYS(brk), SCMP_SYS(madvise),
		SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(exit), SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn) };
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool ok = f != NULL && allow_memory(f) &&
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, 0, 0)) == 0 &&
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 1, 0)) == 0;

	for (size_t i = 0; ok && i < sizeof(calls) / sizeof(calls[0]); i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	ok = ok && seccomp_load(f) == 0;	/* sets no_new_privs too */
	if (f != NULL)
		seccomp_release(f);
	return ok;
}

bool
sandbox_enter(void)
{
	return close_range(2, ~0u, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0) == 0 && bound_all() && filter();
}
