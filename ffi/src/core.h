/* SPDX-License-Identifier: MIT */
/*
 * The core's own structures: who owns what, and who may touch it.
 *
 *   API caller    opens and closes slots, installs rules (one at a time)
 *   relay thread  reads rules and tables; is the only one to handle packets
 *                 that arrive on its slots, and so the only writer of their
 *                 receive counters, tracks and punt budget
 *   shared        transmit counters (atomic), the remote endpoint (seqlock)
 */
#ifndef RTPE_CORE_H
#define RTPE_CORE_H

#include <stdatomic.h>

#include "addr.h"
#include "bell.h"
#include "bundle.h"
#include "counters_file.h"
#include "learn.h"
#include "qsbr.h"
#include "ring.h"
#include "rtp_ext.h"
#include "rtpe.h"
#include "stats.h"
#include "sys.h"

enum {
	BATCH = 64,			/* datagrams per receive call */
	RX_HEADROOM = 64,
	RX_PAYLOAD = 65536,
	/* Buffers start in different cache sets. */
	RX_PITCH = RX_HEADROOM + RX_PAYLOAD + 320,
	RX_CONTROL = 128,
	MAX_THREADS = 64,
	MAX_IFACES = 256,
	PORTS = 65536,
	REASON_LEN = 256,
};

struct rtpe_core;
struct thread;
struct txq;
struct ctl;
struct steer;
struct l2;
struct l2_watch;
struct kernel;
struct capture;
struct dtls_hub;
struct srtp;
struct punt_gate;
struct rtpe_dtls_link;

/* One local address with ports open on it. Never moved; removed only when the
 * place is needed and no port is open (table.c). */
struct iface {
	struct rtpe_addr addr;		/* port 0 */
	uint32_t index;
	uint32_t open_ports;
	int raw_fd;			/* STEER: raw socket bound to the address */
	_Atomic uint32_t *slot_of_port;	/* slot + 1, 0 = none */
};

struct out_rule {
	struct slot *slot;
	uint32_t generation;		/* of the slot when the rule came */
	uint16_t match;
	uint16_t flags;
	struct rtpe_addr dst;
	uint32_t ssrc_in;
	uint32_t ssrc_out;
	uint16_t seq_offset;
	uint8_t tos;
	uint8_t tos_set;
	uint16_t sections;		/* bit i: packets of section i; see below */
	const struct ext_edit *ext;	/* NULL: extensions stay as they are */
	struct srtp *encrypt;		/* NULL: in clear */
};

/* Packets of no section go where any will do, RTCP for all goes everywhere. */
enum { SECTION_NONE = 0x100, SECTIONS_ALL = 0x1ff };

/* What outputs with RTPE_OUT_SILENCE send. */
struct silence {
	uint32_t pass[4];
	uint32_t n;
	struct rtpe_silence of[RTPE_MAX_SILENCE];
};

/* Payload types of fixed size, and how long their first packet was; the relay
 * thread's. */
struct shortest {
	uint32_t types[4];
	uint16_t len[128];
};

/* A validated rule as the relay thread wants it. */
struct rule {
	struct rule *next_retired;
	uint64_t period;		/* see qsbr.h */
	uint16_t flags;
	uint32_t punt;
	uint32_t pt_allow[4];
	uint32_t n_outputs;
	bool keep_sealed;		/* an output sends packets as received */
	struct srtp *decrypt;		/* NULL: in clear */
	/* NULL where the rule does without; in the same memory. */
	struct bundle *bundle;
	struct silence *silence;
	struct shortest *shortest;
	struct out_rule outputs[];
};

/* Events per slot and second: a token bucket. */
struct budget {
	uint64_t last;			/* monotonic µs */
	uint32_t tokens;		/* in 1/1000 */
};

struct slot {
	_Atomic(struct rule *) rule;
	_Atomic uint32_t generation;	/* while open, else 0 */
	/* NAT-wait: 1 while nothing may be sent to the remote endpoint. */
	_Atomic uint8_t hold;
	/* The API writes what is the relay thread's: hands off. */
	_Atomic uint8_t restoring;
	_Atomic uint8_t kernel;		/* see kernel_mark.h */
	_Atomic uint8_t captured;	/* its packets are copied */
	/* The newest link that speaks from it; changed under the hub's lock, by which
	 * alone it may be followed. */
	_Atomic(struct rtpe_dtls_link *) dtls;
	_Atomic uint32_t strays;
	/* The RTP packet that the module is being asked about: KERNEL_ASKING, SSRC
	 * << 16, sequence number; or 0. */
	_Atomic uint64_t asking;
	_Atomic int fd;			/* UDP socket, -1: none (STEER: to hold the
					 * port, or since a datagram exceeded the MTU) */
	struct iface *iface;
	struct slot *next_closing;
	struct rtpe_addr local;
	struct rtpe_counters *counters;
	uint32_t index;
	uint32_t thread;
	/* SSRCs under keys; in use once `secured`. The relay thread's, but for what
	 * is sent: that is under srtp_lock. */
	struct rtpe_srtp_port *srtp;
	bool secured;			/* the API's */
	atomic_flag srtp_lock;
	/* Under the counters' remote_seq. */
	struct learn learn;
	/* The relay thread's. */
	uint64_t last_event;
	uint8_t event_pending;
	uint32_t overflow;		/* SO_RXQ_OVFL told last */
	struct budget punts, checks, strangers;	/* see punts.h */
	struct track tracks[RTPE_SSRC_TRACKS];
	/* The SSRCs of the tracks, for other threads. */
	_Atomic uint32_t heard[RTPE_SSRC_TRACKS];
	clock_rate rates[RTPE_CLOCK_RATES];
	/* Since there was a rule with a bundle; the relay thread's. */
	struct bundle_table *ssrc_sections;
	uint32_t bundle_epoch;		/* of the last bundle; the API's */
};

/* How packets get in and out: steer_io.c or socket_io.c. */
struct engine {
	int (*open)(struct rtpe_core *core, struct slot *slot);
	/* No new packet is to arrive; a grace period follows. */
	void (*unpublish)(struct rtpe_core *core, struct slot *slot);
	void (*close)(struct rtpe_core *core, struct slot *slot);
	int (*iface_add)(struct rtpe_core *core, struct iface *iface);
	void (*iface_remove)(struct rtpe_core *core, struct iface *iface);
	int (*thread_init)(struct thread *t);
	/* Makes a waiting thread look at core->stop. */
	void (*thread_wake)(struct thread *t);
	void (*thread_exit)(struct thread *t);
	void *(*thread_main)(void *thread);
};

struct rtpe_core {
	struct rtpe_core_opts opts;
	const struct engine *engine;
	uint32_t mode;
	char reason[REASON_LEN];
	struct counters_file counters_file;
	struct rtpe_counters *counters;
	struct slot *slots;
	/* Closed slots, the one closed longest ago first. */
	uint32_t *free_slots;
	uint32_t free_head, free_count;
	uint32_t n_used_slots;		/* those above were never opened */
	struct iface ifaces[MAX_IFACES];
	uint32_t n_ifaces;
	_Atomic uint16_t iface_hash[MAX_IFACES * 4];	/* index + 1 */
	struct qsbr qsbr;
	struct rule *retired;
	uint32_t n_retired;
	struct thread *threads;
	uint32_t n_threads;		/* started or being initialised */
	uint32_t next_ring;		/* drained first next time */
	uint64_t ip_id;			/* of rtpe_port_send() */
	uint64_t epoch;			/* CLOCK_MONOTONIC µs at start */
	atomic_int stop;
	struct bell *bell;
	struct steer *steer;
	uint32_t frame_batch;		/* smallest batch sent as frames, see l2.h */
	struct l2_watch *l2_watch;	/* STEER, or NULL */
	struct ctl *ctl;
	struct kernel *kernel;		/* the API's; NULL without a table */
	struct capture *capture;	/* the API's; NULL before the first capture */
	struct capture *capture_dtls;	/* of whoever sends for DTLS; likewise */
	_Atomic(struct dtls_hub *) dtls;	/* NULL before the first handshake */
	/* Bit i: the API is to look at slot i. */
	_Atomic(_Atomic uint64_t *) ready;
};

struct pace {
	uint64_t since;			/* start of the measuring interval */
	uint64_t sent;			/* tx_packets when looked at last */
	uint32_t packets;
	uint32_t empty;
	bool polling;
};

/* One datagram on its way through. */
struct packet {
	struct slot *slot;
	uint8_t *data;
	uint32_t len;
	/* As it came, where data is opened SRTP. */
	const uint8_t *sealed;
	uint32_t sealed_len;
	bool fleeting;			/* data is only there until the next packet */
	uint8_t tos;
	struct rtpe_addr src;
	struct rtpe_addr dst;
};

/* What is new in a relay thread's ring: datagrams of DTLS, or something else. */
enum { RING_DTLS = 1, RING_OTHER = 2 };

struct thread {
	struct qsbr_reader reader;
	struct rtpe_core *core;
	uint32_t index;
	pthread_t tid;
	bool started;
	int epfd;
	int wakefd;
	int rx_fd;			/* STEER: takes both families if rx_v6 */
	bool rx_v6;
	uint64_t now;			/* monotonic µs since core->epoch */
	uint64_t wall;			/* CLOCK_REALTIME µs */
	struct pace pace;
	struct ring ring;
	struct punt_gate *gate;
	uint8_t ring_dirty;		/* who has to be told, RING_* */
	uint32_t overflow;		/* SO_RXQ_OVFL told last */
	uint32_t batch;			/* packets of the batch at hand */
	uint64_t random;
	uint64_t secret;		/* of the places in the gate */
	uint8_t *rx_data;		/* BATCH * RX_PITCH */
	uint8_t *clear;			/* RX_PAYLOAD: a packet opened aside */
	struct rx *rx;
	struct txq *txq;
	struct l2 *l2;			/* STEER, or NULL */
	struct capture *capture;	/* NULL before the first capture */
	struct packet packets[BATCH];
	_Atomic uint64_t wakeups, batches, rx_packets, tx_packets;
	_Atomic uint64_t rx_unknown, rx_overflow, tx_errors;
	_Atomic uint64_t tx_frames;	/* of tx_packets, by the packet socket */
};

/* core.c */
void core_synchronize(struct rtpe_core *core);
uint64_t core_now(const struct rtpe_core *core);

/* thread.c */
int thread_init(struct rtpe_core *core, uint32_t index);
void thread_exit(struct thread *t);
/* table.c */
struct iface *table_iface(struct rtpe_core *core, const struct rtpe_addr *addr);
struct iface *table_iface_get(struct rtpe_core *core, const struct rtpe_addr *addr, int *err);
struct slot *table_slot(struct rtpe_core *core, const struct rtpe_addr *local);
void table_free(struct rtpe_core *core);

/* rule.c */
struct rule *rule_compile(struct rtpe_core *core, struct slot *slot, const void *buf,
			  uint32_t len, struct rtpe_rule *head, int *err);
/* With the keys on it. Only what no thread reads any more; NULL is fine. */
void rule_free(struct rule *rule);
void rule_retire(struct rtpe_core *core, struct rule *rule);
void rules_reclaim(struct rtpe_core *core, bool all);

/* remote.c: the seqlock over a slot's remote endpoint. */
void remote_lock(struct slot *slot);
void remote_unlock(struct slot *slot);
/* Copies slot->learn to the counters; under the lock. */
void remote_publish(struct slot *slot);
struct rtpe_addr remote_read(const struct slot *slot);
bool remote_is_confirmed_as(const struct slot *slot, const struct rtpe_addr *src);

/* slot.c */
int slots_init(struct rtpe_core *core);
void slots_free(struct rtpe_core *core);
struct slot *slot_of(struct rtpe_core *core, uint32_t index);
/* Publishes the SSRCs of a slot's tracks; the relay thread's. */
void slot_publish_ssrcs(struct slot *slot);

/* forward.c */
void forward(struct thread *t, struct packet *p);

/* events.c */
void event_punt(struct thread *t, const struct packet *p, unsigned class);
void event_remote(struct thread *t, const struct packet *p, unsigned learned);

/* Counters with several writers. */
#define COUNT_SHARED(field, n) __atomic_fetch_add(&(field), (n), __ATOMIC_RELAXED)

static inline void bump(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
			      memory_order_relaxed);
}

#endif
