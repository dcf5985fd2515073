// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors;

/// <summary>A marker in every place of a node that holds a secret, and no document with any of them: whatever sensors there are.</summary>
public sealed class CanaryTests : IDisposable
{
    private static readonly Dictionary<string, Action<HostTree, Secrets>> Layouts = new(StringComparer.Ordinal)
    {
        ["kubeadm control plane"] = (tree, secrets) => tree.KubeadmControlPlaneNode(secrets, isRunning: true),
        ["kubeadm control plane that is switched off"] = (tree, secrets) => tree.KubeadmControlPlaneNode(secrets),
        ["kubeadm control plane set up badly"] = (tree, secrets) => tree.KubeadmControlPlaneNode(secrets, isHardened: false, isRunning: true),
        ["k3s server"] = (tree, secrets) => tree.K3sServer(secrets),
        ["Talos"] = (tree, secrets) => tree.TalosNode(secrets),
        ["Bottlerocket"] = (tree, secrets) => tree.BottlerocketNode(secrets),
        ["Debian"] = (tree, secrets) => tree.MinimalDebian(secrets),
    };

    private readonly HostTree _tree = new();
    private readonly Secrets _secrets = new();

    public static TheoryData<string> Names => [.. Layouts.Keys];

    public void Dispose() => _tree.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Scan_EverySensor_TellsNoSecret(string layout)
    {
        Layouts[layout](_tree, _secrets);
        LinuxSecrets();
        int places = _secrets.All.Count;

        HostScanResult scan = _tree.Scan([.. HostSensors.All, .. KubernetesSensors.All]);

        Assert.True(places >= 10, $"only {places} secrets were planted");
        Assert.All(scan.Documents, document => Assert.DoesNotContain("failed:", document.Error ?? string.Empty, StringComparison.Ordinal));
        string told = string.Join('\n', scan.Documents.SelectMany(Texts));
        Assert.Empty(_secrets.All.Where(secret => IsTold(told, secret.Value)).Select(secret => secret.Key));
    }

    // The search finds what it is to find.
    [Fact]
    public void Texts_SecretPlainOrEncoded_IsFound()
    {
        string secret = _secrets["x"];
        var document = new HostDocument(
            "K", "k", JsonSerializer.SerializeToElement(new { a = new[] { Convert.ToBase64String(Encoding.UTF8.GetBytes($"x: {secret}")) } }), null, TimeSpan.Zero);

        Assert.True(IsTold(string.Join('\n', Texts(document)), secret));
        Assert.True(IsTold(string.Join('\n', Texts(document with { Spec = null, Error = "at " + secret })), secret));
        Assert.False(IsTold(string.Join('\n', Texts(document)), _secrets["y"]));
    }

    // What is not of Kubernetes, for the sensors that read it.
    private void LinuxSecrets() => _tree
        .File("/etc/shadow", $"root:$6$salt${_secrets["shadow hash"]}:19000:0:99999:7:::\n")
        .File("/etc/gshadow", $"root:{_secrets["gshadow"]}::\n")
        .File("/etc/ssh/ssh_host_ed25519_key", TestCertificates.Key(_secrets["ssh host key"]))
        .File("/root/.ssh/id_ed25519", TestCertificates.Key(_secrets["ssh key of root"]))
        .File("/etc/crypttab", $"data /dev/sda2 /etc/{_secrets["crypttab"]} luks\n")
        .File("/etc/sudoers", "root ALL=(ALL:ALL) ALL\n")
        .File("/etc/cron.d/backup", $"MYSQL_PWD={_secrets["cron variable"]}\n0 1 * * * root mysqldump --password={_secrets["cron command"]} all\n")
        .File("/etc/systemd/system/web.service", $"[Service]\nEnvironment=API_TOKEN={_secrets["unit variable"]}\nExecStart=/usr/bin/web --password {_secrets["unit command"]}\n")
        .File("/etc/environment", $"SECRET_KEY={_secrets["environment"]}\n")
        .File("/proc/2000/environ", $"PASSWORD={_secrets["environ"]}\0")
        .Process(2000, "/usr/bin/web", ["/usr/bin/web", "--password", _secrets["command line of a service"]], "/system.slice/web.service");

    private static IEnumerable<string> Texts(HostDocument document)
    {
        yield return document.Error ?? string.Empty;
        if (document.Spec is not { } spec)
        {
            yield break;
        }

        yield return spec.GetRawText();
        foreach (string text in Strings(spec))
        {
            yield return text;
            byte[] decoded = new byte[text.Length];
            if (Convert.TryFromBase64String(text, decoded, out int length))
            {
                yield return Encoding.UTF8.GetString(decoded, 0, length);
            }
        }
    }

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value)),
        _ => [],
    };

    // Part of a secret is one.
    private static bool IsTold(string told, string secret) => told.Contains(secret[..12], StringComparison.Ordinal) || told.Contains(secret[^12..], StringComparison.Ordinal);
}
