// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>Names, depths and messages that somebody chose to break who reads them.</summary>
public sealed class HostileTests : IDisposable
{
    private const int CommSize = 15;
    private const uint Create = 0x40;

    private readonly string _folder = Directory.CreateTempSubdirectory("na-hostile-").FullName;

    private static byte[] EveryByte { get; } = [.. Enumerable.Range(1, 255).Where(value => value != '/').Select(value => (byte)value)];

    [Fact]
    public void Names_OfEveryByte_AreReportedByteForByte()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file", "file_change");
        Workload workload = watch.Run("hostile_names", _folder);
        byte[] path = [.. Encoding.UTF8.GetBytes(_folder + "/"), .. EveryByte];
        byte[] renamed = [.. Encoding.UTF8.GetBytes(_folder + "/"), 2, .. EveryByte[1..]];

        CapturedOpen open = Assert.Single(watch.Events.Opens, open => open.Record.Header.Pid == workload.Pid && open.Path.AsSpan().SequenceEqual(path));
        Assert.Equal((Create, 0u), (open.Record.Flags & Create, open.Record.Error));
        CapturedExec exec = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf("named_pid"));
        Assert.Equal(Encoding.Latin1.GetString(path), exec.Exe);
        Assert.Equal([.. EveryByte, 0, .. EveryByte, 0], exec.Argv);
        Assert.Equal(EveryByte[..CommSize], Comm(exec.Record.Header));
        CapturedFileChange change = Assert.Single(watch.Events.FileChanges, change =>
            change.Record.Header.Pid == workload.Pid && change.Record.Operation == FileOperation.Rename && change.Path.AsSpan().EndsWith(renamed.AsSpan(_folder.Length)));
        Assert.True(change.OtherPath.AsSpan().EndsWith(path.AsSpan(_folder.Length)));
        AssertNothingWasLost(watch);
    }

    [Fact]
    public void ProcessNames_OfEveryByte_AreReportedByteForByte()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("hostile_names", _folder);
        byte[] all = [.. Enumerable.Range(1, 255).Select(value => (byte)value)];
        byte[][] expected = [.. all.Chunk(CommSize)];
        Assert.Equal((ulong)expected.Length, workload.Number("names"));
        byte[][] names = [.. watch.Events.Opens
            .Where(open => open.Record.Header.Pid == workload.Pid && Encoding.Latin1.GetString(open.Path).StartsWith("named-", StringComparison.Ordinal))
            .Select(open => Comm(open.Record.Header))];
        Assert.Equal(expected, names);
    }

    [Fact]
    public void Paths_DeeperThanTheWalk_KeepTheirEndAndTheirIdentity()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("hostile_names", _folder);
        CapturedOpen open = Assert.Single(watch.Events.Opens, open =>
            open.Record.Header.Pid == workload.Pid && Encoding.Latin1.GetString(open.Path).EndsWith("/d/d/d/bottom", StringComparison.Ordinal));
        Assert.True(open.Record.RecordFlags.HasFlag(OpenRecordFlags.PathTruncated));
        Assert.Equal(workload.Number("bottom_inode"), open.Record.Inode);
        Assert.NotEqual(0u, open.Record.Device);
        CapturedExec exec = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf("deep_pid"));
        Assert.EndsWith("/d/d/d/d", exec.Cwd, StringComparison.Ordinal);
        Assert.True(exec.Record.Flags.HasFlag(ExecFlags.PathTruncated));
        Assert.Equal(Workload.PathOf("hostile_names"), exec.Exe);
        CapturedExec deep = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf("deep_program_pid"));
        Assert.EndsWith("/d/d/d/program", deep.Exe, StringComparison.Ordinal);
        Assert.True(deep.Record.Flags.HasFlag(ExecFlags.PathTruncated));
        Assert.Equal((workload.Number("deep_program_inode"), open.Record.Device), (deep.Record.ExeInode, deep.Record.ExeDevice));
        AssertNothingWasLost(watch);
    }

    [Fact]
    public void Dns_ThatIsNone_IsReportedAsItIsAndHarmsNobody()
    {
        const int DnsMax = 4096;
        using KernelWatch watch = KernelWatch.Start("process", "dns");
        Workload workload = watch.Run("dns_hostile", "500");
        CapturedDns[] sent = [.. watch.Events.Dns.Where(dns => dns.Record.Header.Pid == workload.Pid && dns.Record.Protocol == 17 && dns.Record.Direction == FlowDirection.Outbound)];
        ulong lost = watch.Source.ReadLosses().Where(loss => loss.Kind == EventKind.Dns).Aggregate(0ul, (sum, loss) => sum + loss.Count);
        Assert.Equal(workload.Number("datagrams"), (ulong)sent.Length + lost);
        Assert.Equal(0, watch.Source.Counters.Malformed);
        Assert.All(watch.Events.Dns, dns => Assert.Equal(
            (dns.Record.MessageSize > DnsMax ? DnsRecordFlags.Truncated : DnsRecordFlags.None, (int)Math.Min(dns.Record.MessageSize, DnsMax)),
            (dns.Record.Flags, dns.Message.Length)));
        Assert.Contains(sent, dns => dns.Record.MessageSize == 65507);
        Assert.Equal((uint)workload.Number("query_bytes"), sent[^1].Record.MessageSize);

        // Whoever reads them ends, and does not throw.
        Assert.All(watch.Events.Dns, dns => Assert.InRange(Entries(dns.Message), 0, DnsMax));
    }

    [Fact]
    public void Churn_ThousandContainers_GiveTheirPlacesBack()
    {
        const int Count = 1000;
        string? root = KernelRequirements.FindCgroupRoot();
        Assert.SkipWhen(root is null, "no cgroup2 tree is mounted");
        var options = new BpfOptions();
        options.Filter.FilteredKinds.Add(EventKind.Open);
        options.Filter.ContainerCount = 64;
        options.Filter.Budgets[BudgetBucket.Exec] = new Budget(1 << 20, 1 << 16);
        using KernelWatch watch = KernelWatch.Start(options, "process", "file", "cgroup");
        var filter = (RepeatFilter)watch.Source.Filter;
        int before = filter.Containers;
        Workload workload = watch.Run("churn", Path.Combine(root!, $"na-places-{Environment.ProcessId}"), $"{Count}");
        Assert.Equal(Count, Enumerable.Range(0, Count).Count(at => watch.Events.Execs.Any(exec => exec.Record.Header.CgroupId == workload.Number($"cgroup_{at}"))));

        // Other containers of the machine come and go too, but not by dozens.
        Assert.InRange(filter.Containers, 0, before + 24);
        AssertNothingWasLost(watch);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertNothingWasLost(KernelWatch watch)
    {
        Assert.Equal(0, watch.Source.Counters.Malformed);
        Assert.Equal(0ul, watch.Source.LostCount);
    }

    private static byte[] Comm(HeaderRecord header)
    {
        ReadOnlySpan<byte> comm = header.Comm;
        int end = comm.IndexOf((byte)0);
        return (end < 0 ? comm : comm[..end]).ToArray();
    }

    private static int Entries(byte[] message)
    {
        var reader = new DnsMessageReader(message);
        int entries = 0;
        reader.ReadHeader(out _);
        while (reader.ReadQuestion(out _) == DnsReadResult.Ok)
        {
            entries++;
        }

        while (reader.ReadRecord(out _) == DnsReadResult.Ok)
        {
            entries++;
        }

        return entries;
    }
}
