// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Configuration;

namespace NodeAgent.Kubernetes.Authentication;

/// <summary>A program that hands out credentials, as a kubeconfig describes it. Source: client.authentication.k8s.io.</summary>
internal sealed record ExecPlugin
{
    public const string V1 = "client.authentication.k8s.io/v1";
    public const string V1Beta1 = "client.authentication.k8s.io/v1beta1";

    public required string ApiVersion { get; init; }

    /// <summary>Shape: a path, or a name that is looked for in PATH.</summary>
    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What the kubeconfig says to do when the program is not there.</summary>
    public string InstallHint { get; init; } = string.Empty;

    /// <summary>Of the cluster, for programs that ask for it; null = they do not.</summary>
    public ExecCluster? Cluster { get; init; }

    /// <remarks>Errors: <see cref="KubeConfigException"/>.</remarks>
    public static ExecPlugin Read(KubeconfigNode exec, KubeconfigNode cluster)
    {
        string version = exec.Needed("apiVersion");
        if (version is not (V1 or V1Beta1))
        {
            throw exec.Error("apiVersion", $"is '{version}', supported are {V1} and {V1Beta1}");
        }

        if (exec.Text("interactiveMode") == "Always")
        {
            throw exec.Error("interactiveMode", "is Always, but nobody sits at an agent");
        }

        string command = exec.Needed("command");
        return new ExecPlugin
        {
            ApiVersion = version,
            Command = command.Contains('/', StringComparison.Ordinal) ? exec.Beside(command) : command,
            Arguments = exec.Texts("args"),
            Environment = [.. exec.Items("env").Select(item => KeyValuePair.Create(item.Needed("name"), item.Text("value") ?? string.Empty))],
            InstallHint = exec.Text("installHint")?.Trim() ?? string.Empty,
            Cluster = exec.Flag("provideClusterInfo") ? ClusterOf(cluster) : null,
        };
    }

    private static ExecCluster ClusterOf(KubeconfigNode cluster) => new()
    {
        Server = cluster.Text("server"),
        TlsServerName = cluster.Text("tls-server-name"),
        InsecureSkipTlsVerify = cluster.Flag("insecure-skip-tls-verify") ? true : null,
        CertificateAuthorityData = cluster.Text("certificate-authority-data")
            ?? (cluster.Path("certificate-authority") is { } path ? Convert.ToBase64String(File.ReadAllBytes(path)) : null),
        ProxyUrl = cluster.Text("proxy-url"),
    };
}
