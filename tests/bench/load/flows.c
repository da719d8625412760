/* SPDX-License-Identifier: MIT */
/* The flow list: one line per direction, `SRC DST OUT [FROM] [in=SUITE:HEX] [out=SUITE:HEX]`, the
 * first four ADDRESS:PORT; `#` comments. */
#include "load.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Parses ADDRESS:PORT (IPv4); returns false when it is not one. */
static bool parse_endpoint(const char *text, struct endpoint *out)
{
	char addr[INET_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	struct in_addr in;
	char *end;
	long port;

	if (!colon || (size_t)(colon - text) >= sizeof(addr))
		return false;
	memcpy(addr, text, (size_t)(colon - text));
	addr[colon - text] = 0;
	port = strtol(colon + 1, &end, 10);
	if (*end || end == colon + 1 || port < 1 || port > 65535 || inet_pton(AF_INET, addr, &in) != 1)
		return false;
	out->addr = in.s_addr;
	out->port = htons((uint16_t)port);
	return true;
}

/* Parses one line into a flow; returns false when a field is missing or malformed. */
static bool parse_flow(char *line, struct flow *f)
{
	struct endpoint *fields[] = {&f->src, &f->dst, &f->out, &f->from};
	unsigned n = 0;

	for (char *word = strtok(line, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
		if (strchr(word, '=')) {
			if (n < 3 || !secret_parse(word, f))
				return false;
			continue;
		}
		if (n == 4 || !parse_endpoint(word, fields[n]))
			return false;
		n++;
	}
	return n >= 3;
}

struct timespec flows_time(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		die("cannot look at %s: %m", path);
	return st.st_mtim;
}

size_t flows_read(const char *path, uint32_t limit, struct flow **out)
{
	FILE *file = fopen(path, "r");
	struct flow *flows = NULL;
	size_t n = 0, room = 0, number = 0;
	char line[512];

	if (!file)
		die("cannot open the flow list %s: %m", path);
	while ((!limit || n < limit) && fgets(line, sizeof(line), file)) {
		number++;
		if (line[strspn(line, " \t\r\n")] == 0 || line[0] == '#')
			continue;
		if (n == MAX_FLOWS)
			die("%s has more than %d flows", path, MAX_FLOWS);
		if (n == room) {
			room = room ? room * 2 : 512;
			flows = realloc(flows, room * sizeof(*flows));
			if (!flows)
				die("no memory for %zu flows", room);
		}
		memset(&flows[n], 0, sizeof(flows[n]));
		if (!parse_flow(line, &flows[n]))
			die("%s line %zu is not SRC DST OUT [FROM] with ADDRESS:PORT each, and keys", path, number);
		n++;
	}
	fclose(file);
	if (n == 0)
		die("%s holds no flow", path);
	if (limit && n < limit)
		die("%s holds %zu flows, fewer than the %u asked for", path, n, limit);
	*out = flows;
	return n;
}
