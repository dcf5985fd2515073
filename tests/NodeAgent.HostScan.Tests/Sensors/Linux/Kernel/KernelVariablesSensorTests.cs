// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Kernel;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Kernel;

public sealed class KernelVariablesSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Variables_AreThoseOfTheKernelAndWhatHardeningLooksAt()
    {
        _tree.File("/proc/sys/kernel/kptr_restrict", "1\n").File("/proc/sys/kernel/yama/ptrace_scope", "0\n").File("/proc/sys/kernel/core_pattern", "|/bin/x %p  \n")
            .File("/proc/sys/kernel/random/uuid", "changes\n").File("/proc/sys/kernel/random/boot_id", "changes\n").File("/proc/sys/kernel/sched_domain/cpu0/flags", "1\n")
            .File("/proc/sys/kernel/ns_last_pid", "12\n").File("/proc/sys/kernel/odd.name", "7\n").File("/proc/sys/kernel/switch", "1\n", UnixFileMode.UserWrite)
            .File("/proc/sys/net/ipv4/conf/all/rp_filter", "2\n").File("/proc/sys/net/ipv4/conf/veth1/rp_filter", "2\n").File("/proc/sys/net/ipv4/tcp_fastopen_key", "a-secret\n")
            .File("/proc/sys/vm/mmap_min_addr", "65536\n");

        (LinuxKernelVariablesSpec? spec, string? problems) = Read();

        Assert.Equal(
            ["kernel.core_pattern=|/bin/x %p  ", "kernel.kptr_restrict=1", "kernel.odd/name=7", "kernel.yama.ptrace_scope=0", "net.ipv4.conf.all.rp_filter=2", "vm.mmap_min_addr=65536"],
            spec!.KernelVariables!.Select(variable => $"{variable.Key}={variable.Value}"));
        Assert.Equal("/proc/sys/kernel/yama/ptrace_scope", spec.KernelVariables!.Single(variable => variable.Key == "kernel.yama.ptrace_scope").Source);
        Assert.Null(problems);
    }

    // A DaemonSet without hostNetwork sees its pod's variables under the same names.
    [Fact]
    public void Read_InANetworkNamespaceOfItsOwn_TellsNoVariablesOfIt()
    {
        _tree.File("/proc/sys/kernel/kptr_restrict", "1\n").File("/proc/sys/net/ipv4/ip_forward", "1\n").Link("/proc/1/ns/net", "net:[1]").Link("/proc/self/ns/net", "net:[2]");

        (LinuxKernelVariablesSpec? spec, string? problems) = Read();

        Assert.Equal(["kernel.kptr_restrict"], spec!.KernelVariables!.Select(variable => variable.Key));
        Assert.Contains("net namespace are left out", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LongAndOddValues_AreBounded()
    {
        _tree.File("/proc/sys/kernel/long", new byte[100_000]).File("/proc/sys/kernel/bytes", [0xff, 0xfe, (byte)'\n']).Link("/proc/sys/kernel/link", "../kernel");

        (LinuxKernelVariablesSpec? spec, string? problems) = Read();

        Assert.Equal(["kernel.bytes", "kernel.long"], spec!.KernelVariables!.Select(variable => variable.Key));
        Assert.Equal(4096, spec.KernelVariables![1].Value!.Length);
        Assert.Contains("longer than 4096 bytes", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WithoutProcSys_SaysSo()
    {
        (LinuxKernelVariablesSpec? spec, string? problems) = Read();

        Assert.Null(spec);
        Assert.Equal("/proc/sys/kernel is not there", problems);
    }

    [Fact]
    public void Read_ThisMachine_EqualsSysctl()
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] line in AdministratorTool.Lines("sysctl", "-a").Select(line => line.Split(" = ", 2)).Where(line => line.Length == 2))
        {
            // Of what has several lines each is printed with the name before it.
            told[line[0]] = told.TryGetValue(line[0], out string? before) ? before + "\n" + line[1] : line[1];
        }

        (LinuxKernelVariablesSpec? spec, string? problems) = SensorScan.OfMachine(new KernelVariablesSensor(), HostDataJsonContext.Readable.LinuxKernelVariablesSpec);

        Assert.Null(problems);
        Assert.True(spec!.KernelVariables!.Count > 100, $"{spec.KernelVariables.Count} variables");
        // Other tests of this machine may switch these two.
        Assert.All(
            spec.KernelVariables.Where(variable => variable.Key is not ("kernel.tainted" or "kernel.acct") && told.ContainsKey(variable.Key!)),
            variable => Assert.Equal($"{variable.Key}={told[variable.Key!].Trim()}", $"{variable.Key}={variable.Value!.Trim()}"));
        Assert.Empty(told.Keys.Where(key => key.StartsWith("kernel.", StringComparison.Ordinal) && !KernelVariableChoice.IsVolatile(key)).Except(spec.KernelVariables.Select(variable => variable.Key!)));
    }

    private (LinuxKernelVariablesSpec?, string?) Read() => SensorScan.Of(new KernelVariablesSensor(), HostDataJsonContext.Readable.LinuxKernelVariablesSpec, _tree);
}
