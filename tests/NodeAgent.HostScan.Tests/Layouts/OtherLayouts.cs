// SPDX-License-Identifier: Apache-2.0
using static NodeAgent.HostScan.Tests.Layouts.LayoutParts;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>Nodes that kubeadm did not set up, and one that is none. Source: the documentation of each.</summary>
internal static class OtherLayouts
{
    /// <summary>k3s has all components in one process. Source: docs.k3s.io.</summary>
    public static HostTree K3sServer(this HostTree tree, Secrets? secrets = null)
    {
        secrets ??= new Secrets();
        const string Agent = "/var/lib/rancher/k3s/agent";
        const string Server = "/var/lib/rancher/k3s/server";
        return tree.Accounts().Debian()
            .File("/etc/systemd/system/k3s.service", "[Service]\nExecStart=/usr/local/bin/k3s server\nEnvironmentFile=-/etc/systemd/system/k3s.service.env\n")
            .File("/etc/systemd/system/k3s.service.env", $"K3S_TOKEN={secrets["k3s.service.env"]}\n")
            .File("/etc/rancher/k3s/config.yaml", $"""
                token: {secrets["k3s config token"]}
                secrets-encryption: true
                protect-kernel-defaults: true
                datastore-endpoint: "mysql://k3s:{secrets["k3s datastore"]}@tcp(db:3306)/k3s"
                kube-apiserver-arg:
                - audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log
                - oidc-client-secret={secrets["k3s kube-apiserver-arg"]}
                kubelet-arg:
                - streaming-connection-idle-timeout=5m
                """)
            .File("/etc/rancher/k3s/config.yaml.d/10-more.yaml", "kubelet-arg+:\n- pod-max-pids=2048\n")
            .File("/etc/rancher/k3s/k3s.yaml", KubeConfig(secrets, "k3s.yaml"))
            .File("/etc/rancher/k3s/registries.yaml", $"configs:\n  registry.example:\n    auth:\n      password: {secrets["registries.yaml"]}\n")
            .File(Server + "/token", secrets["k3s server token"])
            .File(Server + "/cred/passwd", $"{secrets["k3s passwd"]},node,node\n")
            .File(Server + "/tls/server-ca.crt", TestCertificates.Authority)
            .File(Server + "/tls/server-ca.key", TestCertificates.Key(secrets["k3s server-ca.key"]))
            .File(Agent + "/kubelet.kubeconfig", KubeConfig(secrets, "k3s kubelet.kubeconfig"))
            .File(Agent + "/client-ca.crt", TestCertificates.Authority)
            .File(Agent + "/serving-kubelet.crt", TestCertificates.Server)
            .File(Agent + "/serving-kubelet.key", TestCertificates.Key(secrets["k3s serving-kubelet.key"]))
            .File(Agent + "/etc/kubelet.conf.d/00-k3s-defaults.conf", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 0\nfailSwapOn: false\n")
            .File(Agent + "/etc/containerd/config.toml", $"""
                version = 3
                [grpc]
                  address = "/run/k3s/containerd/containerd.sock"
                [plugins.'io.containerd.cri.v1.runtime']
                  enable_selinux = false
                [plugins.'io.containerd.cri.v1.images'.registry]
                  config_path = "{Agent}/etc/containerd/certs.d"
                """)
            .File(Agent + "/etc/containerd/certs.d/registry.example/hosts.toml", $"""
                server = "https://registry.example/v2"
                [host."http://mirror.example/v2"]
                  capabilities = ["pull", "resolve"]
                [host."http://mirror.example/v2".header]
                  Authorization = "Basic {secrets["hosts.toml header"]}"
                """)
            .File(Agent + "/etc/cni/net.d/10-flannel.conflist", """{"name":"cbr0","plugins":[{"type":"flannel"},{"type":"portmap"}]}""")
            .Process(
                400, "/var/lib/rancher/k3s/data/abc/bin/k3s",
                ["/usr/local/bin/k3s", "server", "--node-name=one", "--token", secrets["k3s command line"], "--kube-apiserver-arg=token-x=" + secrets["k3s command line of the API server"]],
                "/system.slice/k3s.service");
    }

    /// <summary>Everything is in containers, and neither systemd nor a shell is there. Source: Talos' documentation of its components.</summary>
    public static HostTree TalosNode(this HostTree tree, Secrets? secrets = null)
    {
        secrets ??= new Secrets();
        return tree.Accounts()
            .File("/etc/os-release", "NAME=\"Talos\"\nID=talos\nVERSION_ID=v1.9.0\n", Readable)
            .File("/proc/version", "Linux version 6.12.6-talos\n", Readable)
            .File("/etc/kubernetes/kubelet.yaml", """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                authentication:
                    anonymous: {enabled: false}
                    x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}
                authorization: {mode: Webhook}
                protectKernelDefaults: true
                rotateCertificates: true
                seccompDefault: true
                staticPodURL: http://127.0.0.1:34567/
                tlsMinVersion: VersionTLS13
                aFieldOfTomorrow: {deep: [1, {deeper: true}]}
                """)
            .File("/etc/kubernetes/kubeconfig-kubelet", KubeConfig(secrets, "talos kubeconfig"))
            .File("/etc/kubernetes/bootstrap-kubeconfig", KubeConfig(secrets, "talos bootstrap"))
            .File("/etc/kubernetes/pki/ca.crt", TestCertificates.Authority)
            .File("/etc/cri/containerd.toml", "version = 2\nimports = [\"/etc/cri/conf.d/*.toml\"]\n")
            .File("/etc/cri/conf.d/20-registry.toml", "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"plain.example\"]\nendpoint = [\"http://plain.example\"]\n")
            .Process(300, "/bin/containerd", ["/bin/containerd", "--address", "/run/containerd/containerd.sock", "--config", "/etc/cri/containerd.toml"], "/init")
            .Process(
                500, "/usr/local/bin/kubelet",
                ["/usr/local/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubeconfig", "--config=/etc/kubernetes/kubelet.yaml", "--kubeconfig=/etc/kubernetes/kubeconfig-kubelet", "--node-ip=10.5.0.2"],
                "/podruntime/kubelet")
            .Process(600, "/usr/local/bin/kube-apiserver", ["/usr/local/bin/kube-apiserver", "--anonymous-auth=false", "--authorization-mode=Node,RBAC", "--profiling=false"], "/kubepods/pod1")
            .Process(601, "/usr/local/bin/etcd", ["/usr/local/bin/etcd", "--data-dir=/var/lib/etcd", "--client-cert-auth=true"], "/podruntime/etcd");
    }

    /// <summary>Settings come from an API and end in files that are made at boot. Source: Bottlerocket's documentation of its settings for Kubernetes.</summary>
    public static HostTree BottlerocketNode(this HostTree tree, Secrets? secrets = null)
    {
        secrets ??= new Secrets();
        return tree.Accounts()
            .File("/usr/lib/os-release", "NAME=Bottlerocket\nID=bottlerocket\nVERSION_ID=1.20.0\n", Readable)
            .File("/etc/kubernetes/kubelet/config", """
                kind: KubeletConfiguration
                apiVersion: kubelet.config.k8s.io/v1beta1
                authentication:
                  anonymous:
                    enabled: false
                  webhook:
                    enabled: true
                  x509:
                    clientCAFile: "/etc/kubernetes/pki/ca.crt"
                authorization:
                  mode: Webhook
                protectKernelDefaults: true
                serverTLSBootstrap: true
                """)
            .File("/etc/kubernetes/kubelet/kubeconfig", KubeConfig(secrets, "bottlerocket kubeconfig"))
            .File("/etc/kubernetes/pki/ca.crt", TestCertificates.Authority)
            .File("/etc/systemd/system/kubelet.service.d/exec-start.conf", "[Service]\nExecStart=/usr/bin/kubelet\n")
            .File("/x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/systemd/system/kubelet.service", "[Service]\n")
            .Link("/usr/lib/systemd/system/kubelet.service", "/x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/systemd/system/kubelet.service")
            .File("/etc/host-containers/admin/user-data", secrets["host container user-data"])
            .File("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n").File("/sys/class/dmi/id/product_name", "m5.large\n")
            .Process(
                450, "/x86_64-bottlerocket-linux-gnu/sys-root/usr/bin/kubelet",
                ["/usr/bin/kubelet", "--cloud-provider", "external", "--kubeconfig", "/etc/kubernetes/kubelet/kubeconfig", "--config", "/etc/kubernetes/kubelet/config", "--read-only-port", "0"],
                "/runtime.slice/kubelet.service");
    }

    /// <summary>A machine that is no node, with Docker.</summary>
    public static HostTree MinimalDebian(this HostTree tree, Secrets? secrets = null)
    {
        secrets ??= new Secrets();
        return tree.Accounts().Debian()
            .File("/etc/shadow", $"root:{secrets["debian shadow"]}:19000:0:99999:7:::\n")
            .File("/root/.docker/config.json", $$$"""{"auths":{"registry.example":{"auth":"{{{secrets["debian docker config.json"]}}}"} } }""")
            .File("/etc/docker/daemon.json", $$$"""
                {
                	"icc": false,
                	"insecure-registries": ["registry.local:5000"],
                	"no-new-privileges": true,
                	"proxies": {"http-proxy": "http://user:{{{secrets["docker proxy"]}}}@proxy:3128"}
                }
                """)
            .File("/run/docker.sock", "", Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)
            .Link("/var/run", "/run")
            .Process(350, "/usr/bin/dockerd", ["/usr/bin/dockerd", "-H", "fd://", "--containerd=/run/containerd/containerd.sock", "--userland-proxy=false"], "/system.slice/docker.service");
    }
}
