#include "push/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/crypt.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static_assert(sizeof(struct ctl_message) == 144, "a message has no holes");

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(CTL_FDS_MAX * sizeof(int))];
};

void
ctl_proof(const struct push *p, uint8_t out[CRYPT_SHA256_LEN])
{
	crypt_hmac_sha256(p->key_bytes, p->key_len, STR("moot-push takes over"), out);
}

bool
ctl_path(const struct push *p, char *out, size_t size)
{
	int n = snprintf(out, size, "%s.ctl", p->config.push_socket);

	return n > 0 && (size_t)n < size;
}

bool
ctl_is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    (peer.uid == geteuid() || peer.uid == 0);
}

bool
ctl_send(int fd, const struct ctl_message *m, const int *fds, uint32_t n, int flags)
{
	union control control;
	struct iovec iov = { (void *)(uintptr_t)m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t sent;

	if (n > 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fds, n * sizeof(int));
	}
	do
		sent = sendmsg(fd, &msg, flags | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof(*m);
}

static void
take_fds(struct msghdr *msg, int fds[CTL_FDS_MAX], uint32_t *n)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t len = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || *n > 0)
			continue;
		memcpy(fds, CMSG_DATA(c), len);
		*n = (uint32_t)(len / sizeof(int));
	}
}

int
ctl_recv(int fd, struct ctl_message *m, int fds[CTL_FDS_MAX], uint32_t *n, int flags)
{
	union control control;
	struct iovec iov = { m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof(control) };
	ssize_t got;

	*n = 0;
	do
		got = recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	take_fds(&msg, fds, n);
	if (got == (ssize_t)sizeof(*m) && (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return 1;
	for (uint32_t i = 0; i < *n; i++)
		close(fds[i]);
	*n = 0;
	if (got == 0)
		return 0;
	errno = (msg.msg_flags & MSG_CTRUNC) != 0 ? EMFILE : EPROTO;
	return -1;
}

int
ctl_recv_none(int fd, struct ctl_message *m, int flags)
{
	int fds[CTL_FDS_MAX], got;
	uint32_t n;

	got = ctl_recv(fd, m, fds, &n, flags);
	for (uint32_t i = 0; i < n; i++)
		close(fds[i]);
	return got;
}

void
ctl_block(int fd, int64_t ms)
{
	struct timeval most = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
}

int
ctl_file_new(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

bool
ctl_file_end(int file, int64_t *len)
{
	struct stat st;

	if (fstat(file, &st) != 0 || fcntl(file, F_ADD_SEALS, SEALS) != 0)
		return false;
	*len = st.st_size;
	return true;
}

const char *
ctl_file_map(int file, int64_t len)
{
	int seals = fcntl(file, F_GET_SEALS);	/* -1 of what cannot be sealed: it has all bits */
	struct stat st;
	void *p;

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(file, &st) != 0 || st.st_size != len ||
	    len <= 0 || len > CTL_FILE_MAX)
		return NULL;
	p = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, file, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
ctl_file_unmap(const char *p, int64_t len)
{
	munmap((void *)(uintptr_t)p, (size_t)len);
}
