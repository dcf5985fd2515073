// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>The chart with a central storage, in each shape that it has.</summary>
internal static class Shapes
{
    public const string Name = "test-node-agent-storage";
    public const string Space = "node-agent"; // as Helm.TemplateAsync has it
    public const string Host = $"{Name}.{Space}.svc";

    /// <summary>What stands for a password in the tests: it must be nowhere in what is rendered.</summary>
    public const string PasswordSecret = "database-password-of-the-user";

    public static string[] Sqlite { get; } = ["--set", "storage.enabled=true"];

    public static string[] Postgresql { get; } =
    [
        .. Sqlite, "--set", "storage.engine=postgresql", "--set", "storage.postgresql.host=database.example", "--set", $"storage.postgresql.passwordSecret.name={PasswordSecret}",
        "--set", "storage.postgresql.tls.ca.name=database-ca",
    ];

    public static string[] CertManager { get; } = [.. Sqlite, "--set", "storage.tls.source=certManager"];

    public static string[] ThroughApiServer { get; } = [.. Sqlite, "--set", "storage.agents.via=apiServer"];

    /// <summary>With a certificate of the user's own.</summary>
    public static string[] Secret { get; } = [.. Sqlite, "--set", "storage.tls.source=secret", "--set", "storage.tls.secret.name=my-tls", "--set-string", $"storage.tls.secret.caBundle={OwnAuthority()}"];

    public static string[] Everything { get; } =
    [
        .. Postgresql, "--set", "storage.networkPolicy.enabled=true", "--set", "networkPolicy.enabled=true", "--set", "storage.serviceMonitor.enabled=true",
        "--set", "storage.serviceMonitor.serviceAccount.name=prometheus", "--set", "storage.serviceMonitor.serviceAccount.namespace=monitoring",
        "--set", "storage.postgresql.tls.clientSecret=database-client", "--set", "storage.podLabels.team=security", "--set", "storage.podAnnotations.a=b",
        "--set", "storage.nodeSelector.pool=a", "--set", "storage.tolerations[0].operator=Exists",
        "--set", "storage.networkPolicy.apiServerCidrs[0]=10.0.0.0/24", "--set", "imagePullSecrets[0].name=registry", "--set", "storage.serviceAccount.annotations.a=b",
        "--set-json", """storage.networkPolicy.from=[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}}]""",
        "--set-json", """storage.affinity={"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Exists"}]}]}}}""",
        "--set-json", """storage.networkPolicy.database=[{"ipBlock":{"cidr":"10.9.0.0/16"}}]""", "--set", "storage.config.audit.file=-",
    ];

    /// <summary>By the names that the theories use.</summary>
    public static IReadOnlyDictionary<string, string[]> All { get; } = new Dictionary<string, string[]>
    {
        ["sqlite"] = Sqlite,
        ["postgresql"] = Postgresql,
        ["certManager"] = CertManager,
        ["secret"] = Secret,
        ["apiServer"] = ThroughApiServer,
        ["everything"] = Everything,
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static Task<Manifest> RenderAsync(string shape) => Helm.RenderAsync([.. All[shape], "--kube-version", "1.32.0"]);

    public static YamlMappingNode Workload(Manifest manifest) => manifest.All("StatefulSet").Concat(manifest.All("Deployment")).Single();

    public static YamlMappingNode Pod(Manifest manifest) => (YamlMappingNode)Manifest.At(Workload(manifest), "spec.template.spec")!;

    public static YamlMappingNode Container(Manifest manifest) => (YamlMappingNode)Manifest.At(Pod(manifest), "containers.0")!;

    public static string Configuration(Manifest manifest) => Manifest.Value(manifest.Object("ConfigMap", Name), "data", "config.yaml")!;

    /// <summary>A value of a Secret, decoded.</summary>
    public static string Decoded(YamlNode secret, string key) => Encoding.ASCII.GetString(Convert.FromBase64String(Manifest.Value(secret, "data", key)!));

    public static string OwnAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=my-authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.ExportCertificatePem();
    }
}
