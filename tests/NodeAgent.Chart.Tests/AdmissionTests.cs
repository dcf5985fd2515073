// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeAgent.Chart.Tests.Storage;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

/// <summary>The admission webhook: what the API server is told, whom it trusts, and what the agents get for it.</summary>
public sealed class AdmissionTests
{
    private const string Name = "test-node-agent-admission";
    private const string Host = $"{Name}.node-agent.svc";
    private static readonly string[] On = ["--set", "admission.enabled=true"];

    [Fact]
    public async Task Default_RegistersNothing()
    {
        Manifest manifest = await Helm.RenderAsync();

        Assert.False(manifest.Has("ValidatingWebhookConfiguration"));
        Assert.False(manifest.Has("Service"));
        Assert.False(manifest.Has("Secret"));
        Assert.Null(Manifest.At(Config(manifest), "admission"));
    }

    [Fact]
    public async Task Webhook_AsksAboutConnections_AndForbidsNothing()
    {
        Manifest manifest = await Helm.RenderAsync(On);
        YamlNode webhook = Manifest.At(manifest.Object("ValidatingWebhookConfiguration"), "webhooks.0")!;

        Assert.Single((YamlSequenceNode)Manifest.At(manifest.Object("ValidatingWebhookConfiguration"), "webhooks")!);
        Assert.Equal(["v1"], Manifest.List(webhook, "admissionReviewVersions"));
        Assert.Equal(["CONNECT"], Manifest.List(webhook, "rules.0.operations"));
        Assert.Equal(["pods/exec", "pods/portforward"], Manifest.List(webhook, "rules.0.resources"));
        Assert.Equal(
            ("Ignore", "2", "None", "Equivalent"),
            (Manifest.Scalar(webhook, "failurePolicy"), Manifest.Scalar(webhook, "timeoutSeconds"), Manifest.Scalar(webhook, "sideEffects"), Manifest.Scalar(webhook, "matchPolicy")));
        Assert.Null(Manifest.At(webhook, "namespaceSelector"));
        Assert.Equal((Name, "node-agent", "/validate", "443"), (
            Manifest.Scalar(webhook, "clientConfig.service.name"), Manifest.Scalar(webhook, "clientConfig.service.namespace"), Manifest.Scalar(webhook, "clientConfig.service.path"),
            Manifest.Scalar(webhook, "clientConfig.service.port")));
    }

    [Fact]
    public async Task Service_LeadsToTheAgentsPort()
    {
        Manifest manifest = await Helm.RenderAsync([.. On, "--set", "admission.port=9999"]);
        YamlMappingNode service = manifest.Object("Service", Name);

        Assert.Equal(("443", "admission"), (Manifest.Scalar(service, "spec.ports.0.port"), Manifest.Scalar(service, "spec.ports.0.targetPort")));
        Assert.Equal(Manifest.Map(manifest.Object("DaemonSet"), "spec.selector.matchLabels"), Manifest.Map(service, "spec.selector"));
        YamlNode port = ((YamlSequenceNode)Manifest.At(manifest.Container, "ports")!).Single(one => Manifest.Scalar(one, "name") == "admission");
        Assert.Equal("9999", Manifest.Scalar(port, "containerPort"));
        YamlMappingNode config = Config(manifest);
        Assert.Equal("0.0.0.0:9999", Manifest.Scalar(config, "admission.address"));
        Assert.Null(Manifest.At(config, "admission.clientCaFile"));
        AssertMounted(manifest, Manifest.Scalar(config, "admission.certFile")!, $"{Name}-tls");
        AssertMounted(manifest, Manifest.Scalar(config, "admission.keyFile")!, $"{Name}-tls");
    }

    [Fact]
    public async Task Certificate_OfTheChart_IsTrustedByTheApiServerForTheNameThatItCalls()
    {
        Manifest manifest = await Helm.RenderAsync(On);
        YamlMappingNode secret = manifest.Object("Secret", $"{Name}-tls");
        using X509Certificate2 server = X509Certificate2.CreateFromPem(Shapes.Decoded(secret, "tls.crt"), Shapes.Decoded(secret, "tls.key"));
        string bundle = Encoding.ASCII.GetString(Convert.FromBase64String(Manifest.Scalar(manifest.Object("ValidatingWebhookConfiguration"), "webhooks.0.clientConfig.caBundle")!));

        Assert.True(StorageCertificateTests.IsTrusted(server, StorageCertificateTests.Certificates(bundle)));
        Assert.True(server.MatchesHostname(Host));
        Assert.False(server.MatchesHostname("localhost"));
        Assert.DoesNotContain("ca.key", manifest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_WithTheStorage_EachHasItsOwn()
    {
        Manifest manifest = await Helm.RenderAsync([.. On, .. Shapes.Sqlite]);

        Assert.NotEqual(Shapes.Decoded(manifest.Object("Secret", $"{Name}-tls"), "ca.crt"), Shapes.Decoded(manifest.Object("Secret", $"{Shapes.Name}-tls"), "ca.crt"));
    }

    [Fact]
    public async Task CertManager_IssuesAndInjects()
    {
        Manifest manifest = await Helm.RenderAsync([.. On, "--set", "admission.tls.source=certManager"]);
        YamlMappingNode webhook = manifest.Object("ValidatingWebhookConfiguration");

        Assert.Contains(Host, Manifest.List(manifest.Object("Certificate", Name), "spec.dnsNames"));
        Assert.Equal($"{Name}-tls", Manifest.Scalar(manifest.Object("Certificate", Name), "spec.secretName"));
        Assert.Equal($"node-agent/{Name}", Manifest.Value(webhook, "metadata.annotations", "cert-manager.io/inject-ca-from"));
        Assert.Null(Manifest.At(webhook, "webhooks.0.clientConfig.caBundle"));
        Assert.False(manifest.Has("Secret"));
    }

    [Fact]
    public async Task Secret_OfTheUser_IsMountedAndTrusted()
    {
        string authority = Shapes.Secret[^1].Split('=', 2)[1];
        Manifest manifest = await Helm.RenderAsync([.. On, "--set", "admission.tls.source=secret,admission.tls.secret.name=my-tls", "--set-string", $"admission.tls.secret.caBundle={authority}"]);

        AssertMounted(manifest, "/etc/node-agent-admission/tls/tls.crt", "my-tls");
        Assert.Equal(authority.Trim(), Encoding.ASCII.GetString(Convert.FromBase64String(Manifest.Scalar(manifest.Object("ValidatingWebhookConfiguration"), "webhooks.0.clientConfig.caBundle")!)).Trim());
    }

    [Theory]
    [InlineData("admission.tls.source=secret", "admission.tls.secret.name")]
    [InlineData("admission.port=9465", "are the same")]
    [InlineData("admission.port=80", "admission")]
    [InlineData("admission.failurePolicy=Fail", "failurePolicy")]
    public async Task Values_ThatCannotBe_AreRefused(string set, string said)
    {
        ProgramResult result = await Helm.TemplateAsync([.. On, "--set", set]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(said, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Secret", "secret.secretName")]
    [InlineData("ConfigMap", "configMap.name")]
    public async Task ClientCa_IsMountedAndNamedToTheAgent(string kind, string path)
    {
        Manifest manifest = await Helm.RenderAsync([.. On, "--set", $"admission.clientCa.kind={kind},admission.clientCa.name=callers,admission.clientCa.key=x.pem"]);
        YamlNode volume = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!).Single(one => Manifest.Scalar(one, "name") == "admission-clients");

        Assert.Equal("/etc/node-agent-admission/clients/ca.crt", Manifest.Scalar(Config(manifest), "admission.clientCaFile"));
        Assert.Equal("callers", Manifest.Scalar(volume, path));
        Assert.Equal(("x.pem", "ca.crt"), (Manifest.Scalar(volume, $"{path.Split('.')[0]}.items.0.key"), Manifest.Scalar(volume, $"{path.Split('.')[0]}.items.0.path")));
    }

    [Fact]
    public async Task Rbac_GetsTheRightToReadOnePodAndNothingElse()
    {
        Manifest before = await Helm.RenderAsync();
        Manifest manifest = await Helm.RenderAsync(On);

        Assert.Equal(["/pods get"], Rules(manifest).Except(Rules(before)));
        Assert.False((await Helm.RenderAsync([.. On, "--set-json", "rbac.rules=[]", "--set", "rules.install=false"])).Has("ClusterRole"));
    }

    [Fact]
    public async Task NetworkPolicy_LetsTheApiServerIn()
    {
        Manifest open = await Helm.RenderAsync([.. On, "--set", "networkPolicy.enabled=true"]);
        Manifest narrow = await Helm.RenderAsync([.. On, "--set", "networkPolicy.enabled=true,admission.apiServerCidrs[0]=10.0.0.1/32"]);

        YamlNode rule = Manifest.At(open.Object("NetworkPolicy"), "spec.ingress.1")!;
        Assert.Equal("admission", Manifest.Scalar(rule, "ports.0.port"));
        Assert.Null(Manifest.At(rule, "from"));
        Assert.Equal("10.0.0.1/32", Manifest.Scalar(narrow.Object("NetworkPolicy"), "spec.ingress.1.from.0.ipBlock.cidr"));
        Assert.Null(Manifest.At((await Helm.RenderAsync("--set", "networkPolicy.enabled=true")).Object("NetworkPolicy"), "spec.ingress.1"));
    }

    [Fact]
    public async Task NamespaceSelector_IsTheWebhooks()
    {
        Manifest manifest = await Helm.RenderAsync([.. On, "--set", "admission.namespaceSelector.matchLabels.team=a"]);

        Assert.Equal("a", Manifest.Scalar(manifest.Object("ValidatingWebhookConfiguration"), "webhooks.0.namespaceSelector.matchLabels.team"));
    }

    [Fact]
    public async Task Lint_IsClean()
    {
        ProgramResult result = await Helm.LintAsync(On);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    private static IEnumerable<string> Rules(Manifest manifest) => ((YamlSequenceNode)Manifest.At(manifest.Object("ClusterRole"), "rules")!)
        .Select(rule => $"{string.Join(',', Manifest.List(rule, "apiGroups"))}/{string.Join(',', Manifest.List(rule, "resources"))} {string.Join(',', Manifest.List(rule, "verbs"))}");

    private static YamlMappingNode Config(Manifest manifest)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Manifest.Value(manifest.Object("ConfigMap", "test-node-agent"), "data", "config.yaml")!));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static void AssertMounted(Manifest manifest, string file, string secret)
    {
        YamlNode mount = ((YamlSequenceNode)Manifest.At(manifest.Container, "volumeMounts")!).Single(one => file.StartsWith(Manifest.Scalar(one, "mountPath") + "/", StringComparison.Ordinal)
            && Manifest.Scalar(one, "name")!.StartsWith("admission", StringComparison.Ordinal));
        YamlNode volume = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!).Single(one => Manifest.Scalar(one, "name") == Manifest.Scalar(mount, "name"));
        Assert.Equal("true", Manifest.Scalar(mount, "readOnly"));
        Assert.Equal(secret, Manifest.Scalar(volume, "secret.secretName"));
        Assert.Contains(Path.GetFileName(file), ((YamlSequenceNode)Manifest.At(volume, "secret.items")!).Select(item => Manifest.Scalar(item, "path")));
    }
}
