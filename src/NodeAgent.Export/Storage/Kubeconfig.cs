// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Export.Storage;

/// <summary>Reads what a connection needs from a kubeconfig. Source: Kubernetes client configuration v1.</summary>
/// <remarks>Errors: <see cref="StorageException"/> that names the file and the key.</remarks>
public static class Kubeconfig
{
    private const long MaxFileBytes = 4 << 20;

    /// <param name="path">Shape: a file; paths in it count from its folder.</param>
    /// <param name="context">Null = current-context.</param>
    public static StorageConnection Load(string path, string? context = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text;
        try
        {
            text = new FileInfo(path) is { Exists: true, Length: > MaxFileBytes }
                ? throw new StorageException($"{path}: larger than {MaxFileBytes} bytes")
                : File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: {error.Message}", error);
        }

        return Parse(text, path, context);
    }

    internal static StorageConnection Parse(string text, string path, string? context)
    {
        YamlMappingNode root = Root(text, path);
        string contextName = context ?? Scalar(root, "current-context")
            ?? throw new StorageException($"{path}: current-context is not set");
        YamlMappingNode chosen = Named(root, path, "contexts", contextName, "context");
        YamlMappingNode cluster = Named(root, path, "clusters", Needed(chosen, path, $"contexts[{contextName}].context", "cluster"), "cluster");
        YamlMappingNode? user = Scalar(chosen, "user") is { Length: > 0 } userName ? Named(root, path, "users", userName, "user") : null;
        foreach (string unsupported in (ReadOnlySpan<string>)["exec", "auth-provider"])
        {
            if (user is not null && user.Children.ContainsKey(new YamlScalarNode(unsupported)))
            {
                throw new StorageException($"{path}: users[].user.{unsupported} is not supported: use token, tokenFile or a client certificate");
            }
        }

        return Connection(path, chosen, cluster, user);
    }

    private static StorageConnection Connection(string path, YamlMappingNode chosen, YamlMappingNode cluster, YamlMappingNode? user)
    {
        string server = Needed(cluster, path, "clusters[].cluster", "server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
        {
            throw new StorageException($"{path}: clusters[].cluster.server is no URL: '{server}'");
        }

        string? authorityFile = Scalar(cluster, "certificate-authority-data") is { Length: > 0 } ? null : Scalar(cluster, "certificate-authority");
        string? tokenFile = user is null ? null : Scalar(user, "tokenFile");
        return new StorageConnection
        {
            Server = uri,
            CertificateAuthorities = Pem(path, cluster, "certificate-authority") is { } pem ? Authorities(path, pem) : null,
            CertificateAuthorityFile = authorityFile is { Length: > 0 } ? Beside(path, authorityFile) : null,
            SkipServerVerification = Scalar(cluster, "insecure-skip-tls-verify") is "true",
            ServerName = Scalar(cluster, "tls-server-name"),
            Token = user is null ? null : Scalar(user, "token"),
            TokenFile = tokenFile is { Length: > 0 } ? Beside(path, tokenFile) : null,
            ClientCertificate = user is null ? null : ClientCertificate(path, user),
            DefaultNamespace = Scalar(chosen, "namespace"),
        };
    }

    private static X509Certificate2Collection Authorities(string path, string pem)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            return authorities.Count > 0
                ? authorities
                : throw new StorageException($"{path}: clusters[].cluster.certificate-authority holds no certificate");
        }
        catch (CryptographicException error)
        {
            throw new StorageException($"{path}: clusters[].cluster.certificate-authority: {error.Message}", error);
        }
    }

    private static X509Certificate2? ClientCertificate(string path, YamlMappingNode user)
    {
        string? certificate = Pem(path, user, "client-certificate");
        string? key = Pem(path, user, "client-key");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw new StorageException($"{path}: users[].user needs both client-certificate and client-key");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new StorageException($"{path}: users[].user.client-certificate: {error.Message}", error);
        }
    }

    /// <summary>The PEM text under KEY-data (base64), or in the file that KEY names.</summary>
    private static string? Pem(string path, YamlMappingNode node, string key)
    {
        try
        {
            if (Scalar(node, key + "-data") is { Length: > 0 } data)
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }

            return Scalar(node, key) is { Length: > 0 } file ? File.ReadAllText(Beside(path, file)) : null;
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: {key}: {error.Message}", error);
        }
    }

    private static string Beside(string path, string file) =>
        Path.GetFullPath(file, Path.GetDirectoryName(Path.GetFullPath(path))!);

    private static YamlMappingNode Root(string text, string path)
    {
        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(text);
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? root
                : throw new StorageException($"{path}: is no kubeconfig");
        }
        catch (Exception error) when (error is YamlException or ArgumentException or InvalidOperationException)
        {
            throw new StorageException($"{path}: is no YAML: {error.Message}", error);
        }
    }

    private static YamlMappingNode Named(YamlMappingNode root, string path, string list, string name, string part)
    {
        if (root.Children.TryGetValue(new YamlScalarNode(list), out YamlNode? found) && found is YamlSequenceNode entries)
        {
            foreach (YamlNode node in entries)
            {
                if (node is YamlMappingNode entry && Scalar(entry, "name") == name
                    && entry.Children.TryGetValue(new YamlScalarNode(part), out YamlNode? value) && value is YamlMappingNode mapping)
                {
                    return mapping;
                }
            }
        }

        throw new StorageException($"{path}: {list} holds no '{name}'");
    }

    private static string Needed(YamlMappingNode node, string path, string where, string key) =>
        Scalar(node, key) is { Length: > 0 } value ? value : throw new StorageException($"{path}: {where}.{key} is not set");

    private static string? Scalar(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) && value is YamlScalarNode scalar ? scalar.Value : null;
}
