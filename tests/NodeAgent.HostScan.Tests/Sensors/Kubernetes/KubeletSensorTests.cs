// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors.Kubernetes;

public sealed class KubeletSensorTests : IDisposable
{
    private const string Config = "/var/lib/kubelet/config.yaml";
    private const string DropIns = "/etc/kubernetes/kubelet.conf.d";

    private readonly HostTree _tree = new();
    private int _pid = 1000;

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_FileDropInsAndFlags_EachGoesOverThoseBeforeIt()
    {
        _tree.File(Config, "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 1\nmaxPods: 1\npodPidsLimit: 1\nfeatureGates:\n  A: false\n  B: false\n  C: false\n")
            .File(DropIns + "/10-a.conf", "maxPods: 2\npodPidsLimit: 2\nfeatureGates: {B: true}\n")
            .File(DropIns + "/20-b.conf", "{\n\t\"podPidsLimit\": 3,\n\t\"authentication\": {\"anonymous\": {\"enabled\": true}}\n}\n")
            .File(DropIns + "/30-c.yaml", "readOnlyPort: 99\n");

        JsonElement spec = Kubelet("--config=" + Config, "--config-dir", DropIns, "--pod-max-pids=4", "--feature-gates=C=true,D=true", "--rotate-certificates");

        Assert.Equal($"1 @ {Config}:3", spec.Setting("readOnlyPort"));
        Assert.Equal($"2 @ {DropIns}/10-a.conf:1", spec.Setting("maxPods"));
        Assert.Equal("4 @ command line", spec.Setting("podPidsLimit"));
        Assert.Equal($"True @ {DropIns}/20-b.conf:3", spec.Setting("authentication.anonymous.enabled"));
        Assert.Equal("Webhook @ default", spec.Setting("authorization.mode"));
        Assert.Equal("True @ command line", spec.Setting("rotateCertificates"));
        Assert.Equal(
            [$"False @ {Config}:7", $"True @ {DropIns}/10-a.conf:3", "True @ command line", "True @ command line"],
            new[] { "A", "B", "C", "D" }.Select(gate => spec.Setting("featureGates." + gate)));
        Assert.Null(spec.Setting("kind"));
        Assert.Equal($"{DropIns}/10-a.conf {DropIns}/20-b.conf", string.Join(' ', spec.GetProperty("configDropIns").EnumerateArray().Select(file => file.GetProperty("path").GetString())));
    }

    // Its flags' defaults are older than its file, and open.
    [Fact]
    public void Read_NoConfigurationFile_HasTheDefaultsOfFlags()
    {
        JsonElement spec = Kubelet("--kubeconfig=/etc/kubernetes/kubelet.conf");

        Assert.Equal(
            ["10255 @ default", "True @ default", "AlwaysAllow @ default"],
            new[] { "readOnlyPort", "authentication.anonymous.enabled", "authorization.mode" }.Select(key => spec.Setting(key)));
    }

    [Theory]
    [InlineData("kubelet", "/opt/bin/kubelet", new[] { "/opt/bin/kubelet", "--read-only-port=7" })]
    [InlineData("kubelet", "/usr/bin/kubelet (deleted)", new[] { "kubelet", "--read-only-port", "7" })]
    [InlineData("hyperkube", "/usr/bin/hyperkube", new[] { "hyperkube", "kubelet", "--read-only-port=7" })]
    [InlineData("microk8s", "/snap/microk8s/1/kubelite", new[] { "kubelite", "--kubelet-args-file=/args/kubelet" })]
    [InlineData("k3s", "/var/lib/k3s/bin/k3s", new[] { "/usr/local/bin/k3s", "agent", "--kubelet-arg=read-only-port=7" })]
    public void Read_EachWayToRunAKubelet_IsFound(string program, string executable, string[] arguments)
    {
        _tree.File("/args/kubelet", "# remark\n--anonymous-auth=false\n--read-only-port=7\n").Process(10, executable, arguments);

        JsonElement spec = Scan().Spec!.Value;

        Assert.Equal(program, spec.At("program"));
        Assert.StartsWith("7 @ ", spec.Setting("readOnlyPort"), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_KubeletOfRke2_IsSaidToBe()
    {
        _tree.Process(9, "/usr/local/bin/rke2", ["rke2", "server"]).Process(10, "/var/lib/rancher/rke2/bin/kubelet", ["kubelet", "--anonymous-auth=false"]);

        Assert.Equal("rke2", Scan().Spec!.Value.At("program"));
    }

    [Fact]
    public void Read_NoKubelet_IsNoDocument()
    {
        HostDocument document = Scan();

        Assert.Null(document.Spec);
        Assert.Null(document.Error);
    }

    [Fact]
    public void Read_KubeadmNode_HasItsFilesAndWhatTheyAllow()
    {
        _tree.KubeadmNode();

        HostDocument document = Scan();
        JsonElement spec = document.Spec!.Value;

        Assert.Null(document.Error);
        Assert.Equal(
            ["/usr/lib/systemd/system/kubelet.service", "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", "/var/lib/kubelet/kubeadm-flags.env"],
            spec.GetProperty("serviceFiles").EnumerateArray().Select(file => file.At("path")));
        Assert.Equal("384", spec.At("configFile.permissions"));
        Assert.Equal("root root", $"{spec.At("configFile.ownership.username")} {spec.At("configFile.ownership.groupname")}");
        Assert.Equal(64, spec.At("kubeConfigFile.sha256")!.Length);
        Assert.Null(spec.At("kubeConfigFile.content"));
        Assert.Equal("CN=kubernetes", spec.At("clientCAFile.certificates.0.subject"));
        Assert.Equal((TestCertificates.AuthorityEnd, "ECDSA", "256", "True"), (spec.At("clientCAFile.certificates.0.notAfter"), spec.At("clientCAFile.certificates.0.keyAlgorithm"), spec.At("clientCAFile.certificates.0.keyBits"), spec.At("clientCAFile.certificates.0.isAuthority")));
        Assert.Equal(TestCertificates.ServerEnd, spec.At("tlsCertFile.certificates.0.notAfter"));
        Assert.Null(spec.At("tlsPrivateKeyFile.sha256"));
        Assert.Equal($"True @ {KubeadmWorker.KubeletConfig}:19", spec.Setting("protectKernelDefaults"));
        Assert.Equal($"""["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256","TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] @ {KubeadmWorker.KubeletConfig}:31""", spec.Setting("tlsCipherSuites"));
        Assert.Contains("\"readOnlyPort\": 0", Encoding.UTF8.GetString(Convert.FromBase64String(spec.At("configFile.content")!)), StringComparison.Ordinal);
        Assert.Contains("--register-token <redacted>", spec.At("cmdLine"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> BadFiles => new()
    {
        { "half-written", "authentication:\n  anonymous:\n    enabled: fal\n  x509: {clientCAFile: \"/etc", "is no YAML" },
        { "binary", "readOnlyPort: 1\0\u0001\u0002", "is binary" },
        { "deep", new string('[', 5000), "more than 64 levels" },
        { "half-written JSON", "{\"readOnlyPort\": 1,", "is no YAML" },
        { "bomb", "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n", "50000 values" },
        { "bomb of text", $"a: &a {new string('x', 500_000)}\nb: [{string.Concat(Enumerable.Repeat("*a,", 40_000))}]\n", "too much text" },
        { "circle", "a: &a\n  b: *a\n", "alias of nothing" },
        { "list", "- 1\n- 2\n", "what it sets is not known" },
        { "text", "just words", "what it sets is not known" },
        { "empty", "", "what it sets is not known" },
        { "missing", "\u0007", "what it sets is not known" },
        { "huge", "a: \"" + new string('x', 2 << 20) + "\"", "longer than 1048576 bytes" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Read_BadConfiguration_IsSaidAndTheRestIsTold(string name, string text, string error)
    {
        if (name != "missing")
        {
            _tree.File(Config, text);
        }

        _tree.Process(10, "/usr/bin/kubelet", ["kubelet", "--config=" + Config, "--max-pods=7"]);

        HostDocument document = Scan();

        Assert.Contains(error, document.Error ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal("7 @ command line", document.Spec!.Value.Setting("maxPods"));
        Assert.Equal(name == "missing" ? null : Config, document.Spec!.Value.At("configFile.path"));
        // A default would be a claim about what nobody could read.
        Assert.Null(document.Spec!.Value.Setting("readOnlyPort"));
        Assert.Null(document.Spec!.Value.At("allRead"));
    }

    // What kubeadm writes for "as by default"; as a flag it is what it says.
    [Fact]
    public void Read_ZeroInAFile_IsTheDefault()
    {
        _tree.File(Config, "streamingConnectionIdleTimeout: 0s\nauthorization: {mode: \"\"}\nport: 0\nreadOnlyPort: 0\npodPidsLimit: 0\neventRecordQPS: 0\n");

        JsonElement spec = Kubelet("--config=" + Config);

        Assert.Equal(
            ["4h0m0s @ default", "Webhook @ default", "10250 @ default", $"0 @ {Config}:4", $"0 @ {Config}:5", $"0 @ {Config}:6"],
            new[] { "streamingConnectionIdleTimeout", "authorization.mode", "port", "readOnlyPort", "podPidsLimit", "eventRecordQPS" }.Select(key => spec.Setting(key)));
        Directory.Delete(_tree.At("/proc/1001"), recursive: true);
        Assert.Equal("0 @ command line", Kubelet("--config=" + Config, "--streaming-connection-idle-timeout=0").Setting("streamingConnectionIdleTimeout"));
    }

    [Theory]
    [InlineData("{\"kind\":\"KubeletConfiguration\",\"readOnlyPort\":5}", 1)]
    [InlineData("---\n# remark\n---\nreadOnlyPort: 5\n...\n", 4)]
    [InlineData("\uFEFFapiVersion: kubelet.config.k8s.io/v1alpha7\nreadOnlyPort: 5\n", 2)]
    [InlineData("{readOnlyPort: 5, tomorrow: [1, {a: b}]}", 1)]
    [InlineData("base: &base\n  readOnlyPort: 5\n<<: *base\n", 2)]
    [InlineData("\"readOnlyPort\" : 5\r\nunknown:\r\n  deep: {er: ~}\r\n", 1)]
    public void Read_EveryFormat_IsRead(string text, int line)
    {
        _tree.File(Config, text);

        Assert.Equal($"5 @ {Config}:{line}", Kubelet("--config=" + Config).Setting("readOnlyPort"));
    }

    [Fact]
    public void Read_ConfigurationThatIsALinkInACircleOrAFolder_IsSaid()
    {
        _tree.Link("/a", "b").Link("/b", "a").MakeFolder(DropIns + "/x.conf", UnixFileMode.UserRead);

        _tree.Process(10, "/usr/bin/kubelet", ["kubelet", "--config=/a", "--config-dir=" + DropIns, "--kubeconfig=/etc/\u0001\n"]);

        Assert.Contains("/a: links in a circle", Scan().Error, StringComparison.Ordinal);
        Assert.Contains($"{DropIns}/x.conf: is no regular file", Scan().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostileCommandLine_IsMadeHarmless()
    {
        _tree.Process(10, "/usr/bin/kubelet", ["kubelet", "--a=\u001b[2J\u0007", "--=x", "--", "--read-only-port=1", "\n--b", new string('x', 70_000)]);

        JsonElement spec = Scan().Spec!.Value;

        Assert.Equal(@"\x1b[2J\x07 @ command line", spec.Setting("--a"));
        Assert.DoesNotContain(spec.At("cmdLine")!, char.IsControl);
        Assert.Equal("10255 @ default", spec.Setting("readOnlyPort"));
    }

    [Fact]
    public void Read_UnchangedHost_IsTheSameByteForByte()
    {
        _tree.KubeadmNode();

        Assert.Equal(Scan().Spec!.Value.GetRawText(), Scan().Spec!.Value.GetRawText());
    }

    private JsonElement Kubelet(params string[] flags)
    {
        _tree.Process(++_pid, "/usr/bin/kubelet", ["/usr/bin/kubelet", .. flags], "/system.slice/kubelet.service");
        return Scan().Spec!.Value;
    }

    private HostDocument Scan() => _tree.Scan(new KubeletSensor()).Of("KubeletInfo")!;
}
