// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>The certificate that the chart makes, and that everybody who has to trust it does.</summary>
public sealed class StorageCertificateTests
{
    private static readonly string[] Names = [Shapes.Name, $"{Shapes.Name}.{Shapes.Space}", Shapes.Host, $"{Shapes.Host}.cluster.local"];

    [Fact]
    public async Task Certificate_OfTheChart_IsTrustedForEachNameOfTheService()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        using X509Certificate2 server = Server(manifest);
        X509Certificate2Collection authorities = Certificates(Bundle(manifest));

        Assert.True(IsTrusted(server, authorities));
        Assert.All(Names, name => Assert.True(server.MatchesHostname(name), name));
        Assert.False(server.MatchesHostname("localhost"));
        Assert.False(server.MatchesHostname($"{Shapes.Name}.other.svc"));
        Assert.InRange(server.NotAfter - DateTime.Now, TimeSpan.FromDays(3649), TimeSpan.FromDays(3651));
        Assert.Single(authorities);
        Assert.DoesNotContain("ca.key", manifest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OfTheChart_IsVerifiedByOpenssl()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        string folder = Directory.CreateTempSubdirectory("node-agent-chart-").FullName;
        try
        {
            string certificate = Path.Combine(folder, "tls.crt");
            string authority = Path.Combine(folder, "ca.crt");
            await File.WriteAllTextAsync(certificate, Shapes.Decoded(manifest.Object("Secret"), "tls.crt"), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(authority, Bundle(manifest), TestContext.Current.CancellationToken);
            foreach (string name in Names)
            {
                ProgramResult result = await Helm.RunAsync("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", name, "-CAfile", authority, certificate);
                Assert.True(result.ExitCode == 0, result.Output + result.Errors);
            }

            Assert.NotEqual(0, (await Helm.RunAsync("openssl", "verify", "-verify_hostname", "elsewhere", "-CAfile", authority, certificate)).ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("openssl is not installed");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("secret")]
    public async Task Bundle_IsWhatTheApiServerAndTheAgentsTrust(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);
        string agents = Manifest.Value(manifest.Object("ConfigMap", $"{Shapes.Name}-access"), "data", "ca.crt")!;

        Assert.All(manifest.All("APIService"), api =>
        {
            Assert.Equal("false", Manifest.Scalar(api, "spec.insecureSkipTLSVerify"));
            Assert.Equal(agents.Trim(), System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(Manifest.Scalar(api, "spec.caBundle")!)).Trim());
        });
        if (shape == "sqlite")
        {
            Assert.Equal(agents.Trim(), Shapes.Decoded(manifest.Object("Secret"), "ca.crt").Trim());
        }
    }

    [Fact]
    public async Task CertManager_IssuesAndInjects()
    {
        Manifest manifest = await Shapes.RenderAsync("certManager");
        var certificate = manifest.Object("Certificate", Shapes.Name);

        Assert.Equal(Names, Manifest.List(certificate, "spec.dnsNames"));
        Assert.Equal($"{Shapes.Name}-tls", Manifest.Scalar(certificate, "spec.secretName"));
        Assert.Contains($"Issuer/{Manifest.Scalar(certificate, "spec.issuerRef.name")}", manifest.Names);
        Assert.Equal(Manifest.Scalar(manifest.Object("Certificate", $"{Shapes.Name}-ca"), "spec.secretName"), Manifest.Scalar(manifest.Object("Issuer", $"{Shapes.Name}-ca"), "spec.ca.secretName"));
        Assert.All(manifest.All("APIService"), api =>
        {
            Assert.Equal($"{Shapes.Space}/{Shapes.Name}", Manifest.Value(api, "metadata.annotations", "cert-manager.io/inject-ca-from"));
            Assert.Equal("false", Manifest.Scalar(api, "spec.insecureSkipTLSVerify"));
            Assert.Null(Manifest.At(api, "spec.caBundle"));
        });
    }

    [Fact]
    public async Task CertManager_IssuerOfTheUser_IsTheOnlyOne()
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.CertManager, "--set", "storage.tls.certManager.issuerRef.name=corporate,storage.tls.certManager.issuerRef.kind=ClusterIssuer"]);

        Assert.False(manifest.Has("Issuer"));
        Assert.Equal(("corporate", "ClusterIssuer"), (Manifest.Scalar(manifest.Object("Certificate"), "spec.issuerRef.name"), Manifest.Scalar(manifest.Object("Certificate"), "spec.issuerRef.kind")));
    }

    internal static string Bundle(Manifest manifest) => Manifest.Value(manifest.Object("ConfigMap", $"{Shapes.Name}-access"), "data", "ca.crt")!;

    internal static X509Certificate2 Server(Manifest manifest) =>
        X509Certificate2.CreateFromPem(Shapes.Decoded(manifest.Object("Secret"), "tls.crt"), Shapes.Decoded(manifest.Object("Secret"), "tls.key"));

    internal static X509Certificate2Collection Certificates(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates;
    }

    internal static bool IsTrusted(X509Certificate2 server, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(server);
    }
}
