// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>What the storage's pods may do, who may reach them, and where its secrets are.</summary>
public sealed partial class StorageSecurityTests
{
    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Pod_Rights_AreThoseOfTheRestrictedStandard(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);
        YamlMappingNode pod = Shapes.Pod(manifest);
        YamlMappingNode container = Shapes.Container(manifest);

        Assert.Equal("true", Manifest.Scalar(pod, "securityContext.runAsNonRoot"));
        Assert.NotEqual("0", Manifest.Scalar(pod, "securityContext.runAsUser"));
        Assert.Equal("RuntimeDefault", Manifest.Scalar(pod, "securityContext.seccompProfile.type"));
        Assert.Equal("false", Manifest.Scalar(container, "securityContext.allowPrivilegeEscalation"));
        Assert.Equal("true", Manifest.Scalar(container, "securityContext.readOnlyRootFilesystem"));
        Assert.Equal(["ALL"], Manifest.List(container, "securityContext.capabilities.drop"));
        Assert.Null(Manifest.At(container, "securityContext.capabilities.add"));
        Assert.DoesNotContain("hostPath", ((YamlSequenceNode)Manifest.At(pod, "volumes")!).SelectMany(volume => ((YamlMappingNode)volume).Children.Keys).Select(key => key.ToString()));
        foreach (string host in new[] { "hostPID", "hostNetwork", "hostIPC" })
        {
            Assert.Null(Manifest.At(pod, host));
        }

        var writable = ((YamlSequenceNode)Manifest.At(container, "volumeMounts")!).Where(mount => Manifest.Scalar(mount, "readOnly") != "true").Select(mount => Manifest.Scalar(mount, "name"));
        Assert.Equal(["data", "tmp"], writable);
        Assert.NotNull(Manifest.Scalar(container, "resources.limits.memory"));
        Assert.NotNull(Manifest.Scalar(container, "resources.requests.cpu"));
        Assert.Equal("false", Manifest.Scalar(pod, "enableServiceLinks"));
        Assert.Equal("false", Manifest.Scalar(manifest.PodSpec, "enableServiceLinks"));
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Secrets_AreInSecretsOnly(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);

        Assert.DoesNotMatch(PrivateKey(), manifest.Text);
        foreach (Match base64 in Base64().Matches(string.Join('\n', manifest.All("ConfigMap").Concat(manifest.All("APIService")).Select(Text))))
        {
            Assert.DoesNotMatch(PrivateKey(), Encoding.Latin1.GetString(Convert.FromBase64String(base64.Value)));
        }

        foreach (YamlMappingNode container in new[] { Shapes.Container(manifest), manifest.Container })
        {
            Assert.DoesNotContain("secretKeyRef", Text(container), StringComparison.Ordinal);
            Assert.Null(Manifest.At(container, "envFrom"));
            Assert.DoesNotContain("assword", string.Concat(Manifest.List(container, "args").Concat(Manifest.List(container, "command"))), StringComparison.Ordinal);
        }

        // Of the agents' node nothing can ask for the key: what they mount is the authority, where it is in a map of its own.
        string agent = Text(manifest.Object("DaemonSet"));
        Assert.DoesNotContain("tls.key", agent, StringComparison.Ordinal);
        Assert.Equal(shape == "certManager", agent.Contains("secret:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Postgresql_Password_ComesFromAFileOfASecret()
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.Postgresql, "--set", "storage.postgresql.passwordSecret.key=pw", "--set", "storage.postgresql.user=a b@tenant"]);
        string configuration = Shapes.Configuration(manifest);

        Assert.Contains("passwordFile: /etc/node-agent-storage/database-password/password", configuration, StringComparison.Ordinal);
        Assert.Contains(
            "address: postgres://a%20b%40tenant@database.example:5432/node_agent?sslmode=verify-full&sslrootcert=/etc/node-agent-storage/database-ca/ca.crt", configuration, StringComparison.Ordinal);
        YamlNode volume = ((YamlSequenceNode)Manifest.At(Shapes.Pod(manifest), "volumes")!).Single(one => Manifest.Scalar(one, "name") == "database-password");
        Assert.Equal((Shapes.PasswordSecret, "pw", "password"), (Manifest.Scalar(volume, "secret.secretName"), Manifest.Scalar(volume, "secret.items.0.key"), Manifest.Scalar(volume, "secret.items.0.path")));
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Rbac_Roles_HaveNoWildcardAndTheStorageThoseItNeeds(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);

        Assert.DoesNotContain("*", string.Concat(manifest.All("ClusterRole").Select(Text)), StringComparison.Ordinal);
        string[] bindings = [.. manifest.All("ClusterRoleBinding").Concat(manifest.All("RoleBinding")).Where(b => Manifest.Scalar(b, "subjects.0.name") == Shapes.Name)
            .Select(b => $"{Manifest.Scalar(b, "metadata.namespace")} {Manifest.Scalar(b, "roleRef.kind")}/{Manifest.Scalar(b, "roleRef.name")}")];
        Assert.Equal([" ClusterRole/system:auth-delegator", $" ClusterRole/{Shapes.Name}:collector", "kube-system Role/extension-apiserver-authentication-reader"], bindings);
        YamlMappingNode agents = manifest.Object("ClusterRoleBinding", $"{Shapes.Name}:agent");
        Assert.Equal((Manifest.Scalar(manifest.PodSpec, "serviceAccountName"), Shapes.Space), (Manifest.Scalar(agents, "subjects.0.name"), Manifest.Scalar(agents, "subjects.0.namespace")));
    }

    [Fact]
    public async Task Rbac_RolesForPeople_AreAddedToTheClustersOwnAsAsked()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        Manifest alone = await Helm.RenderAsync([.. Shapes.Sqlite, "--set", "storage.rbac.aggregate.edit=false"]);

        foreach (string role in new[] { "view", "edit", "admin" })
        {
            Assert.Equal([$"rbac.authorization.k8s.io/aggregate-to-{role}"], Aggregations(manifest, role));
            Assert.Equal(role == "edit" ? [] : [$"rbac.authorization.k8s.io/aggregate-to-{role}"], Aggregations(alone, role));
        }

        Assert.Empty(Aggregations(manifest, "agent"));
        Assert.Empty(Aggregations(manifest, "configure"));
    }

    [Fact]
    public async Task Agents_Service_GetATokenOfNoWorthElsewhere()
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.Sqlite, "--set-json", "rbac.rules=[]"]);
        YamlNode token = Access(manifest).Single(source => Manifest.At(source, "serviceAccountToken") is not null);

        Assert.Equal(Shapes.Host, Manifest.Scalar(token, "serviceAccountToken.audience"));
        Assert.Contains($"tokenAudience: {Shapes.Host}", Shapes.Configuration(manifest), StringComparison.Ordinal);
        Assert.Equal("false", Manifest.Scalar(manifest.PodSpec, "automountServiceAccountToken"));
    }

    [Fact]
    public async Task Agents_ThroughTheApiServer_TrustTheClusterAndShowItsToken()
    {
        Manifest manifest = await Shapes.RenderAsync("apiServer");

        Assert.Null(Manifest.Scalar(Access(manifest).Single(source => Manifest.At(source, "serviceAccountToken") is not null), "serviceAccountToken.audience"));
        Assert.Contains("kube-root-ca.crt", Access(manifest).Select(source => Manifest.Scalar(source, "configMap.name")));
        Assert.Contains("server: https://kubernetes.default.svc", Manifest.Value(manifest.Object("ConfigMap", $"{Shapes.Name}-access"), "data", "kubeconfig"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetworkPolicy_ApiServerUnknown_LeavesThePortOpenAndNoOther()
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.Sqlite, "--set", "storage.networkPolicy.enabled=true"]);
        YamlMappingNode policy = manifest.Object("NetworkPolicy", Shapes.Name);

        Assert.Equal("https", Manifest.Scalar(policy, "spec.ingress.0.ports.0.port"));
        Assert.Null(Manifest.At(policy, "spec.ingress.0.from"));
        Assert.Equal(["53", "53", "443", "6443"], Ports(policy));
    }

    [Fact]
    public async Task NetworkPolicy_ApiServerKnown_LetsItAgentsAndOthersNamedIn()
    {
        Manifest manifest = await Shapes.RenderAsync("everything");
        YamlMappingNode policy = manifest.Object("NetworkPolicy", Shapes.Name);
        var from = (YamlSequenceNode)Manifest.At(policy, "spec.ingress.0.from")!;

        Assert.Equal("10.0.0.0/24", Manifest.Scalar(from, "0.ipBlock.cidr"));
        Assert.Equal(Manifest.Map(manifest.Object("DaemonSet"), "spec.selector.matchLabels"), Manifest.Map(from, "1.podSelector.matchLabels"));
        Assert.NotNull(Manifest.At(from, "2.namespaceSelector"));
        Assert.Equal(["53", "53", "443", "6443", "5432"], Ports(policy));
        Assert.Equal("10.9.0.0/16", Manifest.Scalar(policy, "spec.egress.2.to.0.ipBlock.cidr"));
    }

    [Theory]
    [InlineData("everything", new[] { "443", "6443", "53", "53", "8443" })]
    [InlineData("apiServer", new[] { "443", "6443", "53", "53" })]
    public async Task NetworkPolicy_OfTheAgents_LetsThemReachTheStorage(string shape, string[] ports)
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.All[shape], "--set", "networkPolicy.enabled=true"]);
        YamlMappingNode policy = manifest.Object("NetworkPolicy", "test-node-agent");

        Assert.Equal(ports, Ports(policy));
        if (shape == "everything")
        {
            Assert.Equal(Manifest.Map(manifest.Object("Deployment"), "spec.selector.matchLabels"), Manifest.Map(policy, "spec.egress.2.to.0.podSelector.matchLabels"));
            Assert.Equal("8443", Manifest.Scalar(Shapes.Container(manifest), "ports.0.containerPort"));
        }
    }

    private static IEnumerable<string> Aggregations(Manifest manifest, string role) =>
        Manifest.Map(manifest.Object("ClusterRole", $"{Shapes.Name}:{role}"), "metadata.labels").Keys.Where(label => label.Contains("aggregate", StringComparison.Ordinal));

    private static IReadOnlyList<YamlNode> Access(Manifest manifest) =>
        [.. ((YamlSequenceNode)Manifest.At(((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!).Single(volume => Manifest.Scalar(volume, "name") == "storage-access"), "projected.sources")!)];

    private static IEnumerable<string?> Ports(YamlMappingNode policy) =>
        ((YamlSequenceNode)Manifest.At(policy, "spec.egress")!).SelectMany(rule => (YamlSequenceNode)Manifest.At(rule, "ports")!).Select(port => Manifest.Scalar(port, "port"));

    private static string Text(YamlNode node)
    {
        var text = new StringWriter();
        new YamlStream(new YamlDocument(node)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    [GeneratedRegex("PRIVATE KEY")]
    private static partial Regex PrivateKey();

    [GeneratedRegex("(?:[A-Za-z0-9+/]{4}){20,}={0,2}")]
    private static partial Regex Base64();
}
