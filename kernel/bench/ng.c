/* SPDX-License-Identifier: MIT */
#include "ng.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int connected(void)
{
	static int fd = -1;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(2223) };
	struct timeval t = { .tv_sec = 3 };

	if (fd >= 0)
		return fd;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return -1;
	return fd;
}

static bool ask(const char *message, char *reply, size_t room)
{
	static unsigned cookie;
	char packet[4096];
	ssize_t n;

	snprintf(packet, sizeof(packet), "b%d-%u %s", (int)getpid(), cookie++, message);
	if (send(connected(), packet, strlen(packet), 0) < 0)
		return false;
	n = recv(connected(), reply, room - 1, 0);
	if (n <= 0)
		return false;
	reply[n] = '\0';
	return true;
}

bool ng_ready(int seconds)
{
	char reply[4096];

	for (int i = 0; i < seconds * 5; i++) {
		if (ask("d7:command4:pinge", reply, sizeof(reply)))
			return true;
		usleep(200000);
	}
	return false;
}

static void sdp(char *to, size_t room, const char *ip, unsigned port, bool srtp)
{
	snprintf(to, room,
		 "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/%s 0\r\na=rtpmap:0 PCMU/8000\r\n%s",
		 ip, ip, port, srtp ? "SAVP" : "AVP",
		 srtp ? "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY "\r\n" : "");
}

static uint16_t port_of(const char *reply)
{
	const char *at = strstr(reply, "m=audio ");

	return at ? (uint16_t)atoi(at + 8) : 0;
}

bool ng_call(unsigned i, bool srtp, struct call_ports *ports)
{
	char text[1024], message[2048], id[32], reply[8192];
	const char *proto = srtp ? "18:transport-protocol7:RTP/AVP" : "";

	snprintf(id, sizeof(id), "bench-%d-%u", (int)getpid(), i);
	sdp(text, sizeof(text), "10.9.1.2", 20000 + 2 * i, srtp);
	snprintf(message, sizeof(message),
		 "d3:ICE6:remove7:call-id%zu:%s7:command5:offer9:directionl1:a1:be"
		 "8:from-tag1:f3:sdp%zu:%s%se",
		 strlen(id), id, strlen(text), text, proto);
	if (!ask(message, reply, sizeof(reply)) || !(ports->b = port_of(reply))) {
		printf("offer: %s\n", reply);
		return false;
	}
	sdp(text, sizeof(text), "10.9.2.2", 40000 + 2 * i, false);
	snprintf(message, sizeof(message),
		 "d3:ICE6:remove7:call-id%zu:%s7:command6:answer9:directionl1:b1:ae"
		 "8:from-tag1:f3:sdp%zu:%s6:to-tag1:te",
		 strlen(id), id, strlen(text), text);
	if (!ask(message, reply, sizeof(reply)) || !(ports->a = port_of(reply))) {
		printf("answer: %s\n", reply);
		return false;
	}
	return true;
}
