// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors.Kubernetes;

public sealed class ControlPlaneSensorTests : IDisposable
{
    private const string ApiServer = KubeadmControlPlane.Manifests + "/kube-apiserver.yaml";

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_Kubeadm_HasFlagsWithTheLineOfTheManifest(bool isRunning)
    {
        JsonElement spec = Scan(_tree.KubeadmControlPlaneNode(isRunning: isRunning)).Spec!.Value;
        JsonElement server = spec.GetProperty("APIServerInfo");

        Assert.Equal($"False @ {ApiServer}:16", server.Setting("anonymous-auth"));
        Assert.Equal($"""["Node","RBAC"] @ {ApiServer}:17""", server.Setting("authorization-mode"));
        Assert.Equal("True @ default", server.Setting("service-account-lookup"));
        Assert.StartsWith("kube-apiserver --advertise-address=10.0.0.1 ", server.At("cmdLine"), StringComparison.Ordinal);
        Assert.Contains("--oidc-client-secret=<redacted>", server.At("cmdLine"), StringComparison.Ordinal);
        Assert.Equal((ApiServer, "384"), (server.At("specsFile.path"), server.At("specsFile.permissions")));
        Assert.Equal("1000 @ " + KubeadmControlPlane.Manifests + "/kube-controller-manager.yaml:14", spec.GetProperty("controllerManagerInfo").Setting("terminated-pod-gc-threshold"));
        Assert.Equal("/etc/kubernetes/scheduler.conf", spec.At("schedulerInfo.kubeConfigFile.path"));
        Assert.Equal("CN=etcd-ca", spec.At("etcdInfo.clientCAFile.certificates.0.subject"));
        Assert.Equal(("/var/lib/etcd", "448"), (spec.At("etcdDataDir.path"), spec.At("etcdDataDir.permissions")));
        Assert.Equal(["/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"], spec.GetProperty("adminConfigFiles").EnumerateArray().Select(file => file.At("path")));
    }

    // What runs is in force, whatever was written since.
    [Fact]
    public void Read_ProcessAndManifestDiffer_TheProcessCounts()
    {
        _tree.KubeadmControlPlaneNode().Process(1000, "/usr/local/bin/kube-apiserver", ["kube-apiserver", "--anonymous-auth=true", "--profiling=false"]);

        JsonElement server = Scan(_tree).Spec!.Value.GetProperty("APIServerInfo");

        Assert.Equal("True @ command line", server.Setting("anonymous-auth"));
        Assert.StartsWith($"False @ {ApiServer}:", server.Setting("profiling"), StringComparison.Ordinal);
        Assert.Equal("""["AlwaysAllow"] @ default""", server.Setting("authorization-mode"));
    }

    [Fact]
    public void Read_AuditPolicyAndEncryption_AreReadWithoutKeys()
    {
        JsonElement server = Scan(_tree.KubeadmControlPlaneNode()).Spec!.Value.GetProperty("APIServerInfo");

        Assert.Equal(KubeadmControlPlane.AuditPolicy, server.At("auditPolicyFile.path"));
        Assert.Equal("5", server.At("auditPolicy.ruleCount"));
        Assert.Equal("""["Metadata","None","Request"]""", server.At("auditPolicy.levels"));
        Assert.Equal("""["secrets","configmaps","serviceaccounts/token","authentication.k8s.io/tokenreviews"]""", server.At("auditPolicy.rules.1.resources"));
        Assert.Equal(KubeadmControlPlane.Encryption, server.At("encryptionProviderConfigFile.path"));
        Assert.Equal("""[{"resources":["secrets"],"providers":["aescbc","identity"],"line":4}]""", server.At("encryption.resources"));
        Assert.Null(server.At("encryptionProviderConfigFile.content"));
    }

    [Fact]
    public void Read_Pki_HasExpiryOfCertificatesAndOnlyOwnerAndModeOfKeys()
    {
        JsonElement[] files = [.. Scan(_tree.KubeadmControlPlaneNode()).Spec!.Value.GetProperty("PKIFiles").EnumerateArray()];
        JsonElement server = files.Single(file => file.At("path") == "/etc/kubernetes/pki/etcd/server.crt");
        JsonElement key = files.Single(file => file.At("path") == "/etc/kubernetes/pki/etcd/server.key");

        Assert.Equal(("CN=kube-apiserver", TestCertificates.ServerEnd), (server.At("certificates.0.subject"), server.At("certificates.0.notAfter")));
        Assert.Equal("""ownership path permissions""", string.Join(' ', key.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(files.Select(file => file.At("path")).Order(StringComparer.Ordinal), files.Select(file => file.At("path")));
    }

    [Fact]
    public void Read_DeepAndManyKeys_AreBounded()
    {
        _tree.KubeadmControlPlaneNode().File("/etc/kubernetes/pki/1/2/3/4/5/6/deep.crt", "x").Link("/etc/kubernetes/pki/self", "/etc/kubernetes/pki");
        for (int number = 0; number < 600; number++)
        {
            _tree.File($"/etc/kubernetes/pki/zz/{number:000}.key", "k");
        }

        HostDocument document = Scan(_tree);

        Assert.Contains("deeper than 5 levels", document.Error, StringComparison.Ordinal);
        Assert.Contains("more than 512", document.Error, StringComparison.Ordinal);
        Assert.InRange(document.Spec!.Value.GetProperty("PKIFiles").GetArrayLength(), 100, 520);
    }

    // A path in a container is one on the node only through a volume of the node.
    [Fact]
    public void Read_FileInNoVolume_IsNotTakenFromTheNode()
    {
        _tree.File(KubeadmControlPlane.AuditPolicy, "rules: []").File(ApiServer, """
            spec:
              containers:
              - command: [kube-apiserver, --audit-policy-file=/etc/kubernetes/audit/policy.yaml, --encryption-provider-config=/conf/enc.yaml]
                volumeMounts: [{name: enc, mountPath: /conf/}, {name: empty, mountPath: /etc/kubernetes}]
              volumes: [{name: enc, hostPath: {path: /srv/enc}}, {name: empty, emptyDir: {}}]
            """).File("/srv/enc/enc.yaml", "resources: [{resources: ['*.*'], providers: [{kms: {name: x}}, {whatever-key: {}}]}]");

        JsonElement server = Scan(_tree).Spec!.Value.GetProperty("APIServerInfo");

        Assert.Null(server.At("auditPolicyFile.path"));
        Assert.Equal("/srv/enc/enc.yaml", server.At("encryptionProviderConfigFile.path"));
        Assert.Equal("""["kms","unknown"]""", server.At("encryption.resources.0.providers"));
    }

    [Fact]
    public void Read_StructuredAuthorization_IsTheMode()
    {
        _tree.File("/etc/authz.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n- {type: Node, name: node}\n- {type: RBAC, name: rbac}\n")
            .Process(1, "/usr/bin/kube-apiserver", ["kube-apiserver", "--authorization-config=/etc/authz.yaml"]);

        Assert.Equal("""["Node","RBAC"] @ /etc/authz.yaml:3""", Scan(_tree).Spec!.Value.GetProperty("APIServerInfo").Setting("authorization-mode"));
    }

    [Fact]
    public void Read_EtcdByVariablesOrFile_IsReadLikeFlags()
    {
        _tree.File(KubeadmControlPlane.Manifests + "/etcd.yaml", """
            spec:
              containers:
              - command: [/bin/sh, -c, "exec etcd --peer-auto-tls=true --config-file=/etc/etcd.yaml"]
                env: [{name: ETCD_CERT_FILE, value: /a.crt}, {name: ETCD_PEER_AUTO_TLS, value: "false"}]
                volumeMounts: [{name: etc, mountPath: /etc}]
              volumes: [{name: etc, hostPath: {path: /etc}}]
            """).File("/etc/etcd.yaml", "client-transport-security:\n  client-cert-auth: true\npeer-transport-security:\n  cert-file: /p.crt\n");

        JsonElement etcd = Scan(_tree).Spec!.Value.GetProperty("etcdInfo");

        Assert.Equal($"/a.crt @ {KubeadmControlPlane.Manifests}/etcd.yaml:4", etcd.Setting("cert-file"));
        Assert.Equal($"True @ {KubeadmControlPlane.Manifests}/etcd.yaml:3", etcd.Setting("peer-auto-tls"));
        Assert.Equal("True @ /etc/etcd.yaml:2", etcd.Setting("client-cert-auth"));
        Assert.Equal("/p.crt @ /etc/etcd.yaml:4", etcd.Setting("peer-cert-file"));
    }

    [Fact]
    public void Read_K3sServer_HasWhatIsPassedToItsParts()
    {
        JsonElement spec = Scan(_tree.K3sServer()).Spec!.Value;

        Assert.Equal("k3s", spec.At("program"));
        Assert.Null(spec.At("APIServerInfo"));
        string extra = spec.At("extraSettings")!;
        Assert.Contains("""{"key":"k3s.protect-kernel-defaults","value":true,"source":"/etc/rancher/k3s/config.yaml","line":3}""", extra, StringComparison.Ordinal);
        // The command line's list takes the place of the file's.
        Assert.Contains("""{"key":"kube-apiserver.token-x","value":"<redacted>","source":"command line"}""", extra, StringComparison.Ordinal);
        Assert.DoesNotContain("audit-log-path", extra, StringComparison.Ordinal);
        Assert.Contains("""{"key":"k3s.token","value":"<redacted>","source":"command line"}""", extra, StringComparison.Ordinal);
        Assert.Equal("CN=kubernetes", spec.At("PKIFiles.0.certificates.0.subject"));
    }

    [Fact]
    public void Read_Worker_IsNoDocument() => Assert.Null(Scan(_tree.KubeadmNode()).Spec);

    [Theory]
    [InlineData("spec: {containers: [{command: [kube-apiserver, {a: b}, [c], ~, 5]}]}")]
    [InlineData("spec: {containers: {command: kube-apiserver}}")]
    [InlineData("spec:\n  containers:\n  - command: [kube-apiserver\n")]
    [InlineData("\0\0\0")]
    [InlineData("spec: {containers: [{command: [kube-apiserver, '--audit-policy-file=/x'], volumeMounts: [{name: v, mountPath: ''}, {name: v}]}], volumes: [{name: v, hostPath: {path: ''}}]}")]
    public void Read_BadManifest_IsNoCrash(string text)
    {
        HostDocument document = Scan(_tree.File(ApiServer, text));

        Assert.DoesNotContain("failed:", document.Error ?? string.Empty, StringComparison.Ordinal);
    }

    private static HostDocument Scan(HostTree tree) => tree.Scan(new ControlPlaneSensor()).Of("ControlPlaneInfo")!;
}
