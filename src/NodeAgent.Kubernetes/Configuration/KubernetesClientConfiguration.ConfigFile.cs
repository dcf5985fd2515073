// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Authentication;

namespace NodeAgent.Kubernetes.Configuration;

// Source: Kubernetes client configuration (kubeconfig) v1.
public sealed partial class KubernetesClientConfiguration
{
    /// <param name="kubeconfigPath">Shape: a file, or several with colons between them; relative paths in each count from its folder.</param>
    /// <param name="currentContext">Null = the current-context of the first file that names one.</param>
    /// <remarks>Errors: <see cref="KubeConfigException"/> that names the file and the key.</remarks>
    public static KubernetesClientConfiguration BuildConfigFromConfigFile(string kubeconfigPath, string? currentContext = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(kubeconfigPath);
        return BuildConfig(KubeconfigFiles.Load(kubeconfigPath), currentContext, TimeProvider.System);
    }

    internal static KubernetesClientConfiguration BuildConfig(KubeconfigFiles file, string? currentContext, TimeProvider time)
    {
        string name = currentContext ?? file.CurrentContext ?? throw file.Error("current-context is not set");
        KubeconfigNode context = file.Named("contexts", name, "context");
        KubeconfigNode cluster = file.Named("clusters", context.Needed("cluster"), "cluster");
        KubeconfigNode? user = context.Text("user") is { Length: > 0 } userName ? file.Named("users", userName, "user") : null;
        string server = cluster.Needed("server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
        {
            throw cluster.Error("server", $"is no URL: '{server}'");
        }

        ExecCredentials? exec = user is null ? null : Exec(user, cluster, time);
        return new KubernetesClientConfiguration
        {
            Host = server.TrimEnd('/'),
            CurrentContext = name,
            Namespace = context.Text("namespace") ?? string.Empty,
            SkipTlsVerify = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = ProxyOf(cluster),
            Authorities = AuthoritiesOf(cluster, time),
            Tokens = TokensOf(user, time) ?? exec,
            Certificates = CertificatesOf(user, time) ?? (IClientCertificateProvider?)exec,
        };
    }

    private static ITrustedAuthorities? AuthoritiesOf(KubeconfigNode cluster, TimeProvider time)
    {
        // Data goes before a file, as everywhere in a kubeconfig.
        if (cluster.Data("certificate-authority-data") is { } pem)
        {
            return AuthorityList.FromPem(pem) ?? throw cluster.Error("certificate-authority-data", "holds no certificate");
        }

        return cluster.Path("certificate-authority") is { } path ? new AuthorityFile(path, time) : null;
    }

    private static ITokenProvider? TokensOf(KubeconfigNode? user, TimeProvider time) =>
        user?.Text("token") is { Length: > 0 } token ? new FixedToken(token)
        : user?.Path("tokenFile") is { } file ? new TokenFile(file, time)
        : null;

    private static IClientCertificateProvider? CertificatesOf(KubeconfigNode? user, TimeProvider time)
    {
        if (user is null)
        {
            return null;
        }

        string? certificateData = user.Data("client-certificate-data");
        string? keyData = user.Data("client-key-data");
        string? certificateFile = user.Path("client-certificate");
        string? keyFile = user.Path("client-key");
        if (certificateData is null && certificateFile is null && keyData is null && keyFile is null)
        {
            return user.Child("auth-provider") is null && user.Text("username") is null
                ? null
                : throw user.Error("auth-provider and username", "are not supported: use exec, a token or a client certificate");
        }

        if ((certificateData ?? certificateFile) is null || (keyData ?? keyFile) is null)
        {
            throw user.Error("client-certificate", "and client-key are needed together");
        }

        return certificateData is not null && keyData is not null
            ? ClientCertificate.FromPem(certificateData, keyData, user.Where)
            : new ClientCertificateFiles(certificateData, certificateFile, keyData, keyFile, time);
    }

    private static ExecCredentials? Exec(KubeconfigNode user, KubeconfigNode cluster, TimeProvider time) =>
        user.Child("exec") is { } exec ? new ExecCredentials(ExecPlugin.Read(exec, cluster), time) : null;

    private static Uri? ProxyOf(KubeconfigNode cluster)
    {
        string? text = cluster.Text("proxy-url");
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy!
            : throw cluster.Error("proxy-url", $"is no URL of http, https or socks5: '{text}'");
    }
}
