# Macros of Moot's own.

# MOOT_CC_FLAGS(VARIABLE, FLAGS)
# Appends each of FLAGS to VARIABLE that the compiler takes without a warning, together with the
# user's own CFLAGS and CPPFLAGS (so that _FORTIFY_SOURCE is left out of an -O0 build).
AC_DEFUN([MOOT_CC_FLAGS], [
for moot_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $moot_flag])
	moot_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $$1 -Werror $moot_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[return strlen("") != 0;]])],
		[moot_ok=yes], [moot_ok=no])
	CFLAGS=$moot_save_CFLAGS
	AC_MSG_RESULT([$moot_ok])
	AS_IF([test $moot_ok = yes], [$1="$$1 $moot_flag"])
done
])

# MOOT_LD_FLAGS(VARIABLE, FLAGS)
# The same for the linker.
AC_DEFUN([MOOT_LD_FLAGS], [
for moot_flag in $2; do
	AC_MSG_CHECKING([whether the linker takes $moot_flag])
	moot_save_CFLAGS=$CFLAGS
	moot_save_LDFLAGS=$LDFLAGS
	CFLAGS="$CFLAGS $MOOT_CFLAGS -Werror"
	LDFLAGS="$LDFLAGS $$1 $moot_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[]], [[]])], [moot_ok=yes], [moot_ok=no])
	CFLAGS=$moot_save_CFLAGS
	LDFLAGS=$moot_save_LDFLAGS
	AC_MSG_RESULT([$moot_ok])
	AS_IF([test $moot_ok = yes], [$1="$$1 $moot_flag"])
done
])

# MOOT_LIB(PREFIX, PKG-CONFIG MODULE, HEADER, FUNCTION, LIBRARY, DEBIAN PACKAGE)
# Sets PREFIX_CFLAGS and PREFIX_LIBS, from pkg-config where the module is known, else from a plain
# search; stops with the name of the Debian package when the library isn't there.
AC_DEFUN([MOOT_LIB], [
AC_ARG_VAR([$1_CFLAGS], [compiler flags for $5])
AC_ARG_VAR([$1_LIBS], [linker flags for $5])
AC_MSG_CHECKING([for $5])
AS_IF([test -z "$$1_LIBS" && test -n "$PKG_CONFIG" && $PKG_CONFIG --exists "$2" 2>/dev/null], [
	$1_CFLAGS="$$1_CFLAGS `$PKG_CONFIG --cflags "$2"`"
	$1_LIBS=`$PKG_CONFIG --libs "$2"`
])
AS_IF([test -z "$$1_LIBS"], [$1_LIBS="-l$5"])
moot_save_CPPFLAGS=$CPPFLAGS
moot_save_LIBS=$LIBS
CPPFLAGS="$CPPFLAGS $$1_CFLAGS"
LIBS="$$1_LIBS $LIBS"
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stddef.h>
#include <stdlib.h>
#include <$3>]], [[return (void *)$4 == NULL;]])],
	[AC_MSG_RESULT([$$1_LIBS])],
	[AC_MSG_RESULT([no])
	AC_MSG_ERROR([$5 with <$3> is missing: install the Debian package $6])])
CPPFLAGS=$moot_save_CPPFLAGS
LIBS=$moot_save_LIBS
])
