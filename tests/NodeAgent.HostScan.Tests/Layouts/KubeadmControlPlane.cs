// SPDX-License-Identifier: Apache-2.0
using static NodeAgent.HostScan.Tests.Layouts.LayoutParts;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>A node on which kubeadm put the control plane. Source: kubeadm's documentation of the manifests, keys and kubeconfigs that it writes.</summary>
internal static class KubeadmControlPlane
{
    public const string Manifests = "/etc/kubernetes/manifests";
    public const string AuditPolicy = "/etc/kubernetes/audit/policy.yaml";
    public const string Encryption = "/etc/kubernetes/enc/enc.yaml";

    private static readonly string[] Keys =
        ["ca.key", "apiserver.key", "apiserver-kubelet-client.key", "apiserver-etcd-client.key", "front-proxy-ca.key", "front-proxy-client.key", "sa.key", "etcd/ca.key", "etcd/server.key", "etcd/peer.key"];

    private static readonly string[] Certificates =
        ["apiserver.crt", "apiserver-kubelet-client.crt", "apiserver-etcd-client.crt", "front-proxy-ca.crt", "front-proxy-client.crt", "etcd/server.crt", "etcd/peer.crt"];

    /// <param name="isRunning">Whether the components' processes can be seen, and not their manifests only.</param>
    public static HostTree KubeadmControlPlaneNode(this HostTree tree, Secrets? secrets = null, bool isHardened = true, bool isRunning = false)
    {
        secrets ??= new Secrets();
        tree.KubeadmNode(secrets, isHardened);
        Pki(tree, secrets, isHardened ? Owner : Open);
        Configs(tree, secrets, isHardened);
        (string Name, string[] Flags)[] parts = [("kube-apiserver", ApiServer(secrets, isHardened)), ("kube-controller-manager", Controllers(isHardened)), ("kube-scheduler", Scheduler(isHardened)), ("etcd", Etcd(isHardened))];
        for (int index = 0; index < parts.Length; index++)
        {
            (string name, string[] flags) = parts[index];
            tree.File($"{Manifests}/{name}.yaml", Manifest(secrets, name, flags), isHardened ? Owner : Open);
            if (isRunning)
            {
                tree.Process(1000 + index, "/usr/local/bin/" + name, [name, .. flags], $"/kubepods.slice/cri-containerd-{new string((char)('c' + index), 64)}.scope");
            }
        }

        return tree.MakeFolder("/var/lib/etcd", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | (isHardened ? 0 : UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }

    private static void Pki(HostTree tree, Secrets secrets, UnixFileMode mode)
    {
        foreach (string key in Keys)
        {
            tree.File("/etc/kubernetes/pki/" + key, TestCertificates.Key(secrets["pki " + key]), mode);
        }

        foreach (string certificate in Certificates)
        {
            tree.File("/etc/kubernetes/pki/" + certificate, TestCertificates.Server, mode);
        }

        tree.File("/etc/kubernetes/pki/etcd/ca.crt", TestCertificates.EtcdAuthority, mode).File("/etc/kubernetes/pki/sa.pub", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", mode);
    }

    private static void Configs(HostTree tree, Secrets secrets, bool isHardened)
    {
        UnixFileMode mode = isHardened ? Owner : Open;
        foreach (string name in new[] { "admin.conf", "super-admin.conf", "controller-manager.conf", "scheduler.conf" })
        {
            tree.File("/etc/kubernetes/" + name, KubeConfig(secrets, name), mode);
        }

        tree.File("/etc/kubernetes/tokens.csv", $"{secrets["tokens.csv"]},user,uid\n", mode)
            .File(AuditPolicy, """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - level: None
                  users: ["system:kube-proxy"]
                  verbs: [watch]
                  resources:
                  - group: ""
                    resources: [endpoints, services]
                - level: Metadata
                  resources:
                  - group: ""
                    resources: [secrets, configmaps, serviceaccounts/token]
                  - group: authentication.k8s.io
                    resources: [tokenreviews]
                - level: Metadata
                  resources:
                  - group: ""
                    resources: [pods/exec, pods/portforward, pods/proxy, services/proxy]
                - level: Request
                  verbs: [create, update, patch, delete]
                - level: Metadata
                """, mode)
            .File(Encryption, $"""
                apiVersion: apiserver.config.k8s.io/v1
                kind: EncryptionConfiguration
                resources:
                - resources: [secrets]
                  providers:
                  - aescbc:
                      keys:
                      - name: key1
                        secret: {secrets["encryption key"]}
                  - identity: {"{}"}
                """, mode);
    }

    private static string[] ApiServer(Secrets secrets, bool isHardened)
    {
        string[] both =
        [
            "--advertise-address=10.0.0.1", "--allow-privileged=true", "--etcd-servers=https://127.0.0.1:2379", "--secure-port=6443", "--service-cluster-ip-range=10.96.0.0/12",
            "--oidc-client-secret=" + secrets["API server's command line"],
        ];
        string[] hardened =
        [
            "--anonymous-auth=false", "--authorization-mode=Node,RBAC", "--client-ca-file=/etc/kubernetes/pki/ca.crt",
            "--enable-admission-plugins=NodeRestriction,EventRateLimit,AlwaysPullImages,DenyServiceExternalIPs,PodSecurity", "--admission-control-config-file=/etc/kubernetes/admission/config.yaml",
            "--enable-bootstrap-token-auth=true", "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt", "--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key", "--kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt",
            "--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt", "--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key",
            "--audit-log-path=/var/log/kubernetes/audit.log", "--audit-log-maxage=30", "--audit-log-maxbackup=10", "--audit-log-maxsize=100", "--audit-policy-file=/etc/kubernetes/audit/policy.yaml",
            "--encryption-provider-config=/etc/kubernetes/enc/enc.yaml", "--profiling=false", "--request-timeout=300s", "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file=/etc/kubernetes/pki/sa.pub", "--service-account-signing-key-file=/etc/kubernetes/pki/sa.key", "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
            "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key", "--tls-min-version=VersionTLS12", "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        ];
        string[] weak =
        [
            "--anonymous-auth=true", "--authorization-mode=AlwaysAllow", "--token-auth-file=/etc/kubernetes/tokens.csv", "--enable-admission-plugins=AlwaysAdmit",
            "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle,PodSecurity", "--audit-log-maxage=1", "--audit-log-maxbackup=1", "--audit-log-maxsize=1", "--request-timeout=5s",
            "--service-account-lookup=false", "--tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA", "--tls-min-version=VersionTLS10", "--insecure-port=8080",
        ];
        return [.. both, .. isHardened ? hardened : weak];
    }

    private static string[] Controllers(bool isHardened) =>
    [
        "--kubeconfig=/etc/kubernetes/controller-manager.conf", "--controllers=*,bootstrapsigner,tokencleaner",
        .. isHardened
            ? new[]
            {
                "--bind-address=127.0.0.1", "--profiling=false", "--terminated-pod-gc-threshold=1000", "--use-service-account-credentials=true",
                "--service-account-private-key-file=/etc/kubernetes/pki/sa.key", "--root-ca-file=/etc/kubernetes/pki/ca.crt", "--client-ca-file=/etc/kubernetes/pki/ca.crt",
            }
            : ["--bind-address=0.0.0.0", "--terminated-pod-gc-threshold=0", "--feature-gates=RotateKubeletServerCertificate=false"],
    ];

    private static string[] Scheduler(bool isHardened) =>
        ["--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=true", .. isHardened ? new[] { "--bind-address=127.0.0.1", "--profiling=false" } : ["--bind-address=0.0.0.0"]];

    private static string[] Etcd(bool isHardened) =>
    [
        "--data-dir=/var/lib/etcd",
        .. isHardened
            ? new[]
            {
                "--cert-file=/etc/kubernetes/pki/etcd/server.crt", "--key-file=/etc/kubernetes/pki/etcd/server.key", "--client-cert-auth=true", "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
                "--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt", "--peer-key-file=/etc/kubernetes/pki/etcd/peer.key", "--peer-client-cert-auth=true",
                "--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt", "--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379",
            }
            : ["--auto-tls=true", "--peer-auto-tls=true", "--trusted-ca-file=/etc/kubernetes/pki/ca.crt", "--listen-client-urls=https://127.0.0.1:2379,http://0.0.0.0:2379"],
    ];

    private static string Manifest(Secrets secrets, string name, string[] flags) => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
          namespace: kube-system
        spec:
          containers:
          - command:
            - {name}
        {string.Join('\n', flags.Select(flag => "    - " + flag))}
            env:
            - name: CLOUD_PASSWORD
              value: {secrets[name + " env"]}
            image: registry.k8s.io/{name}:v1.31.0
            name: {name}
            volumeMounts:
            - mountPath: /etc/kubernetes
              name: k8s
              readOnly: true
            - mountPath: /var/lib/etcd
              name: etcd-data
          hostNetwork: true
          volumes:
          - hostPath:
              path: /etc/kubernetes
              type: Directory
            name: k8s
          - hostPath:
              path: /var/lib/etcd
              type: DirectoryOrCreate
            name: etcd-data
        """;
}
