/* plain.h -- what a page shows, as words of HTML for whoever has no scripts:
 * crawlers, archives, old machines. Pure. */
#ifndef PLAIN_H
#define PLAIN_H

#include "kl_buf.h"

#include <jansson.h>

/*
 * Chinese and English; times are Beijing's. `draw` is what GET /v1/draws/{id}
 * shows, with `title` and `owner_name` of its notice; `list` what GET /v1/draws
 * does. A member that is not there has no line, one of a word that is not known
 * shows the word.
 */
void plain_draw(struct kl_buf *to, const json_t *draw);
void plain_draws(struct kl_buf *to, const json_t *list);
/* What GET /v1/home does. In plain_home.c. */
void plain_home(struct kl_buf *to, const json_t *home);

/* What stands in the tab: "抽取 D-1 · 中介服务超市". */
void plain_draw_title(struct kl_buf *to, const json_t *draw);

/*
 * `document` with these in their places: the title, unless it is empty, between
 * <title> and </title>, the body after <main id="plain">. False, and nothing is
 * written, when it lacks a place.
 */
bool plain_compose(struct kl_buf *to, const char *document,
    const struct kl_buf *title, const struct kl_buf *body);

#endif
