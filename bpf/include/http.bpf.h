/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the first bytes of a TCP payload say, and where the head of an HTTP message ends. */
#ifndef NA_HTTP_BPF_H
#define NA_HTTP_BPF_H

#define NA_TLS_HANDSHAKE      0x16
#define NA_TLS_MAJOR	      3
#define NA_TLS_CLIENT_HELLO   1
#define NA_TLS_HEADER_SIZE    5
#define NA_TLS_HANDSHAKE_SIZE 4 /* type and length of a handshake message */
#define NA_TLS_RECORD_LIMIT   8 /* records that one ClientHello may come in */
#define NA_HTTP_PIPELINE_LIMIT                                                                     \
	16 /* heads behind each other; of more, all that was copied is told */

/* The first bytes are too few to tell; never in a record. */
#define NA_PAYLOAD_UNDECIDED 255

/* A byte of each: the text of up to 8 characters as it stands in memory, read as one number. Both
 * architectures are little-endian. */
#define NA_TEXT8(a, b, c, d, e, f, g, h)                                                           \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 |   \
	 (__u64)(f) << 40 | (__u64)(g) << 48 | (__u64)(h) << 56)

/* X(text, its size): the methods of RFC 9110 and RFC 5789 with the space behind them. */
#define NA_HTTP_METHODS(X)                                                                         \
	X(NA_TEXT8('G', 'E', 'T', ' ', 0, 0, 0, 0), 4)                                             \
	X(NA_TEXT8('P', 'O', 'S', 'T', ' ', 0, 0, 0), 5)                                           \
	X(NA_TEXT8('P', 'U', 'T', ' ', 0, 0, 0, 0), 4)                                             \
	X(NA_TEXT8('H', 'E', 'A', 'D', ' ', 0, 0, 0), 5)                                           \
	X(NA_TEXT8('D', 'E', 'L', 'E', 'T', 'E', ' ', 0), 7)                                       \
	X(NA_TEXT8('P', 'A', 'T', 'C', 'H', ' ', 0, 0), 6)                                         \
	X(NA_TEXT8('O', 'P', 'T', 'I', 'O', 'N', 'S', ' '), 8)                                     \
	X(NA_TEXT8('C', 'O', 'N', 'N', 'E', 'C', 'T', ' '), 8)                                     \
	X(NA_TEXT8('T', 'R', 'A', 'C', 'E', ' ', 0, 0), 6)

/* The lowest count bytes; count is 1 to 8. */
#define NA_LOW_BYTES(count) (~0ULL >> (64 - 8 * (count)))

/* Whether first, of which the lowest size bytes count, begins with text or is a beginning of it. */
static __always_inline bool na_text__begins(__u64 first, __u32 size, __u64 text, __u32 text_size)
{
	__u32 common = size < text_size ? size : text_size;

	return ((first ^ text) & NA_LOW_BYTES(common)) == 0;
}

/* size is 8 here: how nearly every packet is asked, so each row is one and one comparison. */
static __always_inline __u32 na_payload__classify(__u64 first)
{
#define X(text, text_size)                                                                         \
	if ((first & NA_LOW_BYTES(text_size)) == (text))                                           \
		return NA_PAYLOAD_HTTP_REQUEST;
	switch ((__u8)first) {
	case NA_TLS_HANDSHAKE:
		if ((__u8)(first >> 8) == NA_TLS_MAJOR &&
		    (__u8)(first >> 40) == NA_TLS_CLIENT_HELLO)
			return NA_PAYLOAD_TLS_CLIENT_HELLO;
		return 0;
	case 'H':
		/* "HTTP/1." */
		if ((first & NA_LOW_BYTES(7)) == NA_TEXT8('H', 'T', 'T', 'P', '/', '1', '.', 0))
			return NA_PAYLOAD_HTTP_RESPONSE;
		break;
	case 'G':
	case 'P':
	case 'D':
	case 'O':
	case 'C':
	case 'T':
		break;
	default:
		return 0;
	}
	NA_HTTP_METHODS(X)
#undef X
	return 0;
}

/* The same for a payload of 1 to 7 bytes: whether more of it could make a message. */
static __always_inline __u32 na_payload__classify_few(__u64 first, __u32 size)
{
#define X(text, text_size)                                                                         \
	if (na_text__begins(first, size, text, text_size))                                         \
		return NA_PAYLOAD_UNDECIDED;
	NA_HTTP_METHODS(X)
	X(NA_TEXT8('H', 'T', 'T', 'P', '/', '1', '.', 0), 7)
	X(NA_TEXT8(NA_TLS_HANDSHAKE, NA_TLS_MAJOR, 0, 0, 0, 0, 0, 0), 2)
#undef X
	return 0;
}

#define NA_EACH_BYTE(value) (0x0101010101010101ULL * (value))

/* 0x80 in each byte of word that is value, 0 in all others. */
static __always_inline __u64 na_word__find(__u64 word, __u8 value)
{
	__u64 differs = word ^ NA_EACH_BYTE(value);
	__u64 low = NA_EACH_BYTE(0x7f);

	return ~(((differs & low) + low) | differs | low);
}

/* A word may be read at the last byte. */
struct na_http_bytes {
	char bytes[NA_PAYLOAD_MAX + 8];
};

/*
 * Where the head of an HTTP message ends that begins at start: the offset behind the first empty
 * line, or 0 when there is none in the length bytes. Servers take a bare LF as the end of a line
 * too (RFC 9112 2.2). Eight bytes at a time: the marks of the last two bytes are carried over. What
 * lies behind length is read but not believed.
 *
 * Global, so that the verifier walks it once and not with each of its results into what follows;
 * pointers may be given to such a function since 5.12.
 */
__noinline __u32 na_http__head_end(const struct na_http_bytes *from, __u32 start, __u32 length)
{
	__u64 lf_before = 0, cr_before = 0;
	__u64 at = start;
	__u32 words, i;

	if (!from)
		return 0;
	for (words = 0; words < NA_PAYLOAD_MAX / 8; words++) {
		__u64 word, lf, cr, lf_1, lf_2, cr_1, ends;

		if (at >= NA_PAYLOAD_MAX || at >= length)
			return 0;
		/* Of the comparison, 6.1 keeps no bound. */
		NA_HIDE(at);
		at &= NA_PAYLOAD_MAX - 1;
		word = *(const __u64 *)(from->bytes + at);
		lf = na_word__find(word, '\n');
		cr = na_word__find(word, '\r');
		lf_1 = lf << 8 | lf_before >> 56;
		lf_2 = lf << 16 | lf_before >> 48;
		cr_1 = cr << 8 | cr_before >> 56;
		ends = lf & (lf_1 | (cr_1 & lf_2));
		if (ends) {
			for (i = 0; i < 7 && !(ends >> (i * 8 + 7) & 1); i++)
				;
			at += i + 1;
			return at <= length ? at : 0;
		}
		lf_before = lf;
		cr_before = cr;
		at += 8;
	}
	return 0;
}

/*
 * Where the last of the heads ends that stand behind each other (RFC 9112 9.3.2), or 0 when it goes
 * on behind the length bytes: whoever cuts a request in two behind another one must not hide it. A
 * body is no head, unless it begins like one.
 */
__noinline __u32 na_http__heads_end(const struct na_http_bytes *from, __u32 length, __u32 protocol)
{
	__u64 end = 0;
	__u32 i;

	if (!from)
		return 0;
	for (i = 0; i < NA_HTTP_PIPELINE_LIMIT; i++) {
		__u32 kind, rest;
		__u64 first;

		end = na_http__head_end(from, end, length);
		NA_HIDE(end);
		if (!end || end >= length || end >= NA_PAYLOAD_MAX)
			return end;
		NA_HIDE(end); /* as above */
		end &= NA_PAYLOAD_MAX - 1;
		first = *(const __u64 *)(from->bytes + end);
		rest = length - end;
		kind = rest >= 8 ? na_payload__classify(first)
				 : na_payload__classify_few(first, rest);
		if (kind != protocol && kind != NA_PAYLOAD_UNDECIDED)
			return end;
	}
	return length;
}

/*
 * Where a ClientHello ends: the offset behind the last of its records, or 0 when it goes on behind
 * the length bytes. One record is the rule; several are allowed, and are a way to hide a name.
 */
__noinline __u32 na_tls__hello_end(const struct na_http_bytes *from, __u32 length)
{
	__u32 end = 0, have = 0, want = 0, i;

	if (!from)
		return 0;
	for (i = 0; i < NA_TLS_RECORD_LIMIT; i++) {
		const __u8 *header;
		__u32 size;

		NA_HIDE(end);
		if (end > NA_PAYLOAD_MAX - NA_TLS_HEADER_SIZE - NA_TLS_HANDSHAKE_SIZE ||
		    end + NA_TLS_HEADER_SIZE > length)
			return 0;
		header = (const __u8 *)from->bytes + end;
		/* What is no handshake ends it: then the reader sees what is wrong. */
		if (header[0] != NA_TLS_HANDSHAKE)
			return end;
		size = (__u32)header[3] << 8 | header[4];
		if (i == 0) {
			/* Too short for its own length: nobody sends that but to evade. All that
			 * comes is told, when it is enough. */
			if (size < NA_TLS_HANDSHAKE_SIZE)
				return 0;
			if (length < NA_TLS_HEADER_SIZE + NA_TLS_HANDSHAKE_SIZE)
				return 0;
			want = NA_TLS_HANDSHAKE_SIZE +
			       ((__u32)header[6] << 16 | (__u32)header[7] << 8 | header[8]);
		}
		have += size;
		end += NA_TLS_HEADER_SIZE + size;
		if (end > length)
			return 0;
		if (have >= want)
			return end;
	}
	return 0; /* in so many pieces: as above */
}

#endif /* NA_HTTP_BPF_H */
