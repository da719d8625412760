/* SPDX-License-Identifier: MIT */
/* Doubly linked lists whose nodes are part of what they list: nothing has to be
 * allocated to be put into one, and nothing found to be taken out. */
#ifndef RTPE_LIST_H
#define RTPE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The head of a list, or a node; a node that is in none points to itself. */
struct list {
	struct list *prev, *next;
};

#define LIST_OF(node, type, member) ((type *)(void *)((char *)(node) - offsetof(type, member)))

static inline void list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* node must be in no list. */
static inline void list_add(struct list *head, struct list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

/* Does nothing to a node that is in none. */
static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

#endif
