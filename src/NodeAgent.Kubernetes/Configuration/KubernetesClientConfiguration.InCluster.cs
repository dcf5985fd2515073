// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using NodeAgent.Kubernetes.Authentication;

namespace NodeAgent.Kubernetes.Configuration;

// Source: "Accessing the Kubernetes API from a Pod": two environment variables and the files of the service account.
public sealed partial class KubernetesClientConfiguration
{
    public const string ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <summary>Whether this process runs in a pod that may talk to its API server.</summary>
    public static bool IsInCluster() => IsInCluster(Environment.GetEnvironmentVariable, ServiceAccountDirectory);

    /// <remarks>Errors: <see cref="KubeConfigException"/> that says what is missing.</remarks>
    public static KubernetesClientConfiguration InClusterConfig() =>
        InClusterConfig(Environment.GetEnvironmentVariable, ServiceAccountDirectory, TimeProvider.System);

    internal static bool IsInCluster(Func<string, string?> environment, string directory) =>
        !string.IsNullOrEmpty(environment(HostVariable)) && !string.IsNullOrEmpty(environment(PortVariable))
        && File.Exists(Path.Combine(directory, "token"));

    internal static KubernetesClientConfiguration InClusterConfig(Func<string, string?> environment, string directory, TimeProvider time)
    {
        string host = Needed(environment, HostVariable);
        string port = Needed(environment, PortVariable);
        if (!ushort.TryParse(port, out _))
        {
            throw new KubeConfigException($"{PortVariable} is '{port}', which is no port");
        }

        string token = Path.Combine(directory, "token");
        if (!File.Exists(token))
        {
            throw new KubeConfigException($"{token} is missing: the pod has no service account token (automountServiceAccountToken)");
        }

        string namespaceFile = Path.Combine(directory, "namespace");
        bool v6 = IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return new KubernetesClientConfiguration
        {
            Host = v6 ? $"https://[{host}]:{port}" : $"https://{host}:{port}",
            Namespace = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : string.Empty,
            Authorities = new AuthorityFile(Path.Combine(directory, "ca.crt"), time),
            Tokens = new TokenFile(token, time),
        };
    }

    private static string Needed(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } value ? value : throw new KubeConfigException($"{name} is not set: this is no pod of a cluster");
}
