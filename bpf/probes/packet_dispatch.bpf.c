/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is attached to the ways of packets for all sensors that look there. */
#include "kernel.h"
#include "event.h"
#include "core_fixes.bpf.h"
#include "maps.h"
#include "packet.bpf.h"
#include "packet_dispatch.bpf.h"

char na_license[] SEC("license") = "Dual BSD/GPL";

/* Both since 4.10. What every packet of the machine pays. */
SEC("cgroup_skb/egress")
int na_head_egress(struct __sk_buff *skb)
{
	na_packet__go_on_after(skb, true, NA_PACKET_NOBODY);
	return NA_PACKET_ALLOW;
}

SEC("cgroup_skb/ingress")
int na_head_ingress(struct __sk_buff *skb)
{
	na_packet__go_on_after(skb, false, NA_PACKET_NOBODY);
	return NA_PACKET_ALLOW;
}
