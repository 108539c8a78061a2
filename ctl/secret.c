#include "ctl/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/crypt.h"
#include "ctl/out.h"
#include "domain/password.h"
#include "wire/text.h"

/* A line without its end, byte by byte so that nothing of it stays in a stdio buffer. */
static bool
read_line(int fd, char buf[SECRET_MAX], size_t *len)
{
	size_t n = 0;
	char ch;

	for (;;) {
		ssize_t got = read(fd, &ch, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0 || ch == '\n')
			break;
		if (n == SECRET_MAX - 1)
			return false;
		buf[n++] = ch;
	}
	if (n > 0 && buf[n - 1] == '\r')
		n--;
	*len = n;
	return true;
}

static bool
prompt(int fd, const char *text, char buf[SECRET_MAX], size_t *len)
{
	struct termios quiet, before;
	bool ok;

	if (tcgetattr(fd, &before) != 0)
		return false;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON | ISIG;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
		return false;
	ok = write(fd, text, strlen(text)) > 0 && read_line(fd, buf, len);
	tcsetattr(fd, TCSAFLUSH, &before);
	return write(fd, "\n", 1) == 1 && ok;
}

static bool
ask_twice(char buf[SECRET_MAX], size_t *len)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char again[SECRET_MAX];
	size_t again_len = 0;
	bool ok;

	if (fd < 0) {
		complain("no terminal to ask for the password: give it on standard input");
		return false;
	}
	ok = prompt(fd, "Password: ", buf, len) && prompt(fd, "Again: ", again, &again_len);
	close(fd);
	if (!ok)
		complain("the password could not be read");
	else if (*len != again_len || !crypt_equal(buf, again, *len)) {
		complain("the two differ");
		ok = false;
	}
	crypt_wipe(again, sizeof(again));
	return ok;
}

/* What registering by HTTP asks of a password, too. */
static bool
is_fit(struct str s)
{
	if (!utf8_is_valid(s) || memchr(s.p, '\0', s.len) != NULL) {
		complain("the password is not valid UTF-8");
		return false;
	}
	size_t n = utf8_count(s);
	if (n < PASSWORD_MIN || n > PASSWORD_MAX || s.len > PASSWORD_BYTES) {
		complain("a password has %d to %d characters", PASSWORD_MIN, PASSWORD_MAX);
		return false;
	}
	return true;
}

bool
secret_read(char buf[SECRET_MAX], struct str *out)
{
	size_t len = 0;

	if (isatty(STDIN_FILENO)) {
		if (!ask_twice(buf, &len))
			return false;
	} else if (!read_line(STDIN_FILENO, buf, &len)) {
		complain("the password could not be read from standard input, or is too long");
		return false;
	}
	if (!is_fit((struct str){ buf, len }))
		return false;
	*out = (struct str){ buf, len };
	return true;
}
