// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeAgent.Events.Wire;

// The mirrors of bpf/include/container.h, in its order; units and meanings stand there once.
namespace NodeAgent.Bpf.Filtering;

/// <summary>Source: <c>enum na_bucket_id</c>.</summary>
public enum BudgetBucket
{
    None = 0,
    Exec = 1,
    Process = 2,
    File = 3,
    Network = 4,
    Privilege = 5,
    Payload = 6,
    Limit = 7,
}

[WireStruct("na_bucket")]
[StructLayout(LayoutKind.Sequential)]
internal struct BucketRecord
{
    public ulong Tokens;
    public ulong RefilledNs;
    public ulong Cut;
    public ulong Told;
    public ulong ToldNs;
    public ulong FromNs;
}

[InlineArray((int)BudgetBucket.Limit)]
internal struct BucketRecords
{
    private BucketRecord _first;
}

[WireStruct("na_container")]
[StructLayout(LayoutKind.Sequential)]
internal struct ContainerRecord
{
    public ulong CgroupId;
    public ulong Unfiltered;
    public uint Epoch;
    public uint Used;
    public uint Entries;
    public uint Padding;
    public BucketRecords Buckets;
}

[InlineArray((int)BudgetBucket.Limit)]
internal struct BucketNumbers
{
    private ulong _first;
}

[InlineArray(48)]
internal struct SecretWords
{
    private ulong _first;
}

[WireStruct("na_filter_settings")]
[StructLayout(LayoutKind.Sequential)]
internal struct FilterSettingsRecord
{
    public ulong Filtered;
    public uint Epoch;
    public uint Repeat;
    public ulong TickNs;
    public BucketNumbers Rates;
    public BucketNumbers Bursts;
    public SecretWords Secret;
}

[WireStruct("na_seen_entry")]
[StructLayout(LayoutKind.Sequential)]
internal struct SeenEntryRecord
{
    public uint Told;
    public uint Hits;
}

[InlineArray(7)]
internal struct SeenTags
{
    private ulong _first;
}

[InlineArray(7)]
internal struct SeenEntries
{
    private SeenEntryRecord _first;
}

[WireStruct("na_seen_set")]
[StructLayout(LayoutKind.Sequential)]
internal struct SeenSetRecord
{
    public ulong Recent;
    public SeenTags Tags;
    public SeenEntries Entries;
    public ulong Epochs;
}

[WireStruct("na_seen_count")]
[StructLayout(LayoutKind.Sequential)]
internal struct SeenCountRecord
{
    public ulong Hits;
    public ulong Misses;
}
