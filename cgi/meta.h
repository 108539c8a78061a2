/*
 * meta - what this installation can do, as JSON members for /meta and /bootstrap.
 */
#ifndef MOOT_CGI_META_H
#define MOOT_CGI_META_H

#include "base/buf.h"
#include "base/config.h"

/* "limits":{…} */
void meta_add_limits(struct buf *b, const struct config *config);
/* "features":{…} */
void meta_add_features(struct buf *b, const struct config *config);

#endif
