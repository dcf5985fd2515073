/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records about sockets and what goes through them. Included by event.h. */
#ifndef NA_EVENT_NETWORK_H
#define NA_EVENT_NETWORK_H

#define NA_DNS_MAX     4096 /* bytes of one DNS message that are copied */
#define NA_PAYLOAD_MAX 2048 /* bytes of one na_payload that are copied */

/* na_dns.dns_flags */
enum na_dns_flag {
	NA_DNS_TRUNCATED = 1, /* message holds fewer bytes than message_size says */
};

/* na_socket.operation */
enum na_socket_operation {
	NA_SOCKET_BIND = 1,
	NA_SOCKET_LISTEN = 2,
	NA_SOCKET_CREATE = 3, /* raw and packet sockets */
};

/* na_payload.protocol */
enum na_payload_protocol {
	NA_PAYLOAD_HTTP_REQUEST = 1,	 /* payload: request line and headers */
	NA_PAYLOAD_HTTP_RESPONSE = 2,	 /* payload: status line and headers */
	NA_PAYLOAD_TLS_CLIENT_HELLO = 3, /* payload: from the record header on */
};

/* na_payload.payload_flags */
enum na_payload_flag {
	NA_PAYLOAD_TRUNCATED = 1, /* there was more than the copy holds */
};

struct na_tcp {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE];
	__u64 bytes_sent;     /* acknowledged payload bytes; close only */
	__u64 bytes_received; /* close only */
	__u64 duration_ns;    /* connect: SYN to outcome; close: life of the connection; else 0 */
	__u64 socket_cookie;
	__u16 family; /* AF_INET 2, AF_INET6 10 (v4-mapped peers are reported as AF_INET) */
	__u16 local_port;
	__u16 remote_port;
	__u16 direction;
	__u32 error; /* connect: errno of the outcome, or 0 */
	__u32 net_ns;
	__u32 packets_sent; /* segments; close only */
	__u32 packets_received;
};

struct na_flow {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE];
	__u64 socket_cookie;
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u16 direction;
	__u32 net_ns;
	__u32 protocol; /* IPPROTO_*: UDP 17, ICMP 1, ICMPv6 58, SCTP 132, or a raw socket's own */
};

struct na_dns {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE]; /* the resolver */
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u16 direction; /* outbound = query left, inbound = answer came */
	__u32 net_ns;
	__u32 dns_flags;
	__u32 message_size;	  /* of the message on the wire */
	struct na_string message; /* from the DNS header on */
	__u32 protocol;		  /* IPPROTO_UDP 17 or IPPROTO_TCP 6 */
	__u32 padding;
};

struct na_socket {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u64 socket_cookie;
	__u32 operation; /* enum na_socket_operation */
	__u32 error;	 /* errno, or 0 */
	__u16 family;
	__u16 local_port;
	__u16 socket_type; /* SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_RAW 3, SOCK_PACKET 10 */
	__u16 protocol;	   /* IPPROTO_* */
	__u32 backlog;	   /* listen only */
	__u32 net_ns;
};

struct na_unix_connect {
	struct na_header header;
	__u64 inode;		  /* of the socket's file */
	__u64 peer_start_time_ns; /* who listens; 0 = unknown */
	__u64 peer_cgroup_id;
	__u32 device;
	__u32 peer_pid;
	__u32 error;	       /* errno, or 0 */
	struct na_string path; /* from the kernel object; abstract names begin with @ */
};

/* The header is the socket's owner's. */
struct na_payload {
	struct na_header header;
	__u8 local_address[NA_ADDRESS_SIZE];
	__u8 remote_address[NA_ADDRESS_SIZE];
	__u64 socket_cookie;
	__u16 family;
	__u16 local_port;
	__u16 remote_port;
	__u16 direction; /* outbound = this side sent the payload */
	__u32 net_ns;
	__u32 protocol; /* enum na_payload_protocol */
	__u32 payload_flags;
	__u32 payload_size; /* bytes that the packet or call held */
	struct na_string payload;
	__u32 padding;
};

NA_ASSERT_SIZE(na_tcp, 152);
NA_ASSERT_SIZE(na_flow, 120);
NA_ASSERT_SIZE(na_dns, 128);
NA_ASSERT_SIZE(na_socket, 112);
NA_ASSERT_SIZE(na_unix_connect, 104);
NA_ASSERT_SIZE(na_payload, 136);

#endif /* NA_EVENT_NETWORK_H */
