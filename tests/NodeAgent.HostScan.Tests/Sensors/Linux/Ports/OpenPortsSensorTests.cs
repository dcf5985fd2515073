// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors.Linux.Ports;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Ports;

public sealed class OpenPortsSensorTests : IDisposable
{
    private const string Headline = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static readonly string Container = new('a', 64);

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Sockets_TellWhoHoldsThem()
    {
        _tree.File("/etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n")
            .Process(1, "/sbin/init", ["init"]).Process(50, "/usr/sbin/sshd", ["sshd"], "/system.slice/ssh.service")
            .Process(60, "/app/server", ["server"], $"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{Container}.scope").Process(70, "/other", ["other"])
            .Link("/proc/50/fd/3", "socket:[100]").Link("/proc/60/fd/4", "socket:[200]").Link("/proc/60/fd/5", "socket:[201]").Link("/proc/60/fd/6", "/dev/null")
            .Link("/proc/70/fd/3", "socket:[100]")
            .File("/proc/1/net/tcp", Headline + Row("00000000:0016", "0A", 0, 100) + Row("0100007F:9C40", "01", 0, 300))
            .File("/proc/1/net/udp", Headline + Row("00000000:0035", "07", 1000, 200) + Row("00000000:0035", "07", 1000, 201) + Row("0100007F:9C40", "01", 0, 400))
            .File("/proc/1/net/udplite6", Headline + Row("00000000000000000000000001000000:0035", "07", 4242, 0))
            .File("/proc/1/net/icmp", Headline + Row("00000000:0001", "07", 0, 500)).File("/proc/1/net/raw", Headline + Row("00000000:0059", "07", 0, 501));
        // In another network namespace a socket of the same number is another one.
        System.IO.File.Delete(_tree.At("/proc/70/ns/net"));
        _tree.Link("/proc/70/ns/net", "net:[77]");

        (OpenPortsListSpec spec, string? problems) = Read();

        Assert.Equal(["tcp 0.0.0.0:22 root 50/sshd/ssh.service"], spec.TcpPorts!.Select(Described));
        Assert.Equal(["udp 0.0.0.0:53 web 60/server/", "udplite ::1:53  "], spec.UdpPorts!.Select(Described));
        Assert.Equal(Container, spec.UdpPorts![0].Processes![0].ContainerId);
        Assert.Equal(["icmp 0.0.0.0:1 root "], spec.IcmpPorts!.Select(Described));
        Assert.Equal(["raw 0.0.0.0:89 root "], spec.RawPorts!.Select(Described));
        Assert.Null(problems);
    }

    // Without rights over pid 1 its namespace shows only by the files that it shares with others.
    [Fact]
    public void Read_NamespaceOfPid1IsNotReadable_IsKnownByItsFiles()
    {
        _tree.Process(1, "/sbin/init", ["init"]).Process(50, "/usr/sbin/sshd", ["sshd"]).Process(70, "/other", ["other"]).File("/proc/1/net/tcp", Headline + Row("00000000:0016", "0A", 0, 100))
            .File("/proc/1/net/dev", "").Link("/proc/50/net/dev", "/proc/1/net/dev").File("/proc/70/net/dev", "").Link("/proc/50/fd/3", "socket:[100]").Link("/proc/70/fd/3", "socket:[100]");
        System.IO.File.Delete(_tree.At("/proc/1/ns/net"));

        (OpenPortsListSpec spec, string? problems) = Read();

        Assert.Equal(["tcp 0.0.0.0:22  50/sshd/"], spec.TcpPorts!.Select(Described));
        Assert.Null(problems);
    }

    [Fact]
    public void Read_HalfWrittenAndHostileRows_AreSaid()
    {
        _tree.Process(1, "/sbin/init", ["init"]).File("/proc/1/net/tcp", Headline + Row("00000000:0016", "0A", 0, 100) + "\u0001\u0002 garbage\n  1: 0000")
            .Link("/proc/1/fd/1", "socket:[99999999999999999999999]").Link("/proc/1/fd/2", "socket:[]").Link("/proc/1/fd/x", "socket:[100]");

        (OpenPortsListSpec spec, string? problems) = Read();

        Assert.Equal(["tcp 0.0.0.0:22  1/init/"], spec.TcpPorts!.Select(Described));
        Assert.Equal("/proc/1/net/tcp: a row that is no socket", problems);
    }

    // The files of a busy node are longer than what is read: sockets that listen stand first.
    [Fact]
    public void Read_VeryManyConnections_StillTellsWhatListens()
    {
        string connections = string.Concat(Enumerable.Repeat(Row("0100007F:9C40", "01", 0, 300), 40_000));
        _tree.Process(1, "/sbin/init", ["init"]).File("/proc/1/net/tcp", Headline + Row("00000000:0016", "0A", 0, 100) + connections).File("/proc/1/net/udp", Headline + connections);

        (OpenPortsListSpec spec, string? problems) = Read();

        Assert.Single(spec.TcpPorts!);
        Assert.Equal("/proc/1/net/udp: longer than 4194304 bytes, the rest was not read", problems);
    }

    [Fact]
    public void Read_WithoutProc_SaysSo()
    {
        (OpenPortsListSpec? spec, string? problems) = SensorScan.Of(new OpenPortsSensor(), HostDataJsonContext.Readable.OpenPortsListSpec, _tree);

        Assert.Null(spec);
        Assert.Equal("/proc/1/net/ has no files of sockets", problems);
    }

    [Fact]
    public void Read_ThisMachine_EqualsSs()
    {
        using HostRoot root = HostRoot.Open("/");
        Assert.SkipUnless(NetworkNamespaceFiles.Of(root, 1) is > 0 and var first && first == NetworkNamespaceFiles.Of(root, "self"), "this process is in another network namespace than pid 1");
        using var tcp = new TcpListener(IPAddress.Loopback, 0);
        using var tcp6 = new TcpListener(IPAddress.IPv6Loopback, 0);
        using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        tcp.Start();
        tcp6.Start();

        // Others open and close ports meanwhile: asked before and after, until nothing changed in between.
        string[] sockets;
        string[] before;
        OpenPortsListSpec? spec;
        do
        {
            before = Sockets();
            (spec, _) = SensorScan.OfMachine(new OpenPortsSensor(), HostDataJsonContext.Readable.OpenPortsListSpec);
            sockets = Sockets();
        }
        while (!before.SequenceEqual(sockets));

        Assert.Equal(sockets, spec!.TcpPorts!.Concat(spec.UdpPorts!.Where(port => port.Transport == "udp")).Select(Endpoint).Distinct().Order(StringComparer.Ordinal));
        Assert.All([Port(spec.TcpPorts!, tcp.LocalEndpoint), Port(spec.TcpPorts!, tcp6.LocalEndpoint), Port(spec.UdpPorts!, udp.Client.LocalEndPoint!)], port =>
            Assert.Contains(Environment.ProcessId, port.Processes!.Select(process => process.Pid!.Value)));
    }

    // Shape of ss: tcp LISTEN 0 128 127.0.0.1:80 0.0.0.0:*; an asterisk is both families, an interface stands behind a percent sign.
    private static string[] Sockets() => [.. AdministratorTool.Lines("ss", "-Hltun").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(fields => $"{fields[0]} {fields[4]}".Replace("*:", "[::]:", StringComparison.Ordinal).Split('%')[0] + (fields[4].Contains('%', StringComparison.Ordinal) ? fields[4][fields[4].LastIndexOf(':')..] : ""))
        .Distinct().Order(StringComparer.Ordinal)];

    private static string Endpoint(OpenPort port) => $"{port.Transport} {new IPEndPoint(IPAddress.Parse(port.LocalAddress!), port.LocalPort!.Value)}";

    private static OpenPort Port(IEnumerable<OpenPort> ports, EndPoint endpoint) => ports.Single(port => port.LocalPort == ((IPEndPoint)endpoint).Port && port.LocalAddress == ((IPEndPoint)endpoint).Address.ToString());

    private static string Described(OpenPort port) =>
        $"{port.Transport} {port.LocalAddress}:{port.LocalPort} {port.User} {string.Join(',', port.Processes!.Select(process => $"{process.Pid}/{process.Name}/{process.Unit}"))}";

    private static string Row(string local, string state, int uid, int inode) => string.Create(
        CultureInfo.InvariantCulture, $"   0: {local} {new string('0', local.Length - 5)}:0000 {state} 00000000:00000000 00:00000000 00000000  {uid}        0 {inode} 1 0000000000000000 100 0 0 10 0\n");

    private (OpenPortsListSpec Spec, string? Problems) Read()
    {
        (OpenPortsListSpec? spec, string? problems) = SensorScan.Of(new OpenPortsSensor(), HostDataJsonContext.Readable.OpenPortsListSpec, _tree);
        return (spec!, problems);
    }
}
