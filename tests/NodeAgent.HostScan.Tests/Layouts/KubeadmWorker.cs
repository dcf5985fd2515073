// SPDX-License-Identifier: Apache-2.0
using static NodeAgent.HostScan.Tests.Layouts.LayoutParts;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>A worker as kubeadm joins it, with containerd and Calico. Source: kubeadm's documentation of its phases and of the kubelet's drop-in.</summary>
internal static class KubeadmWorker
{
    public const string KubeletConfig = "/var/lib/kubelet/config.yaml";

    /// <param name="isHardened">As the benchmarks want it; else everything against them.</param>
    public static HostTree KubeadmNode(this HostTree tree, Secrets? secrets = null, bool isHardened = true)
    {
        secrets ??= new Secrets();
        tree.Accounts(isHardened ? "root" : "app").Debian();
        Kubelet(tree, secrets, isHardened);
        Proxy(tree, secrets, isHardened);
        return Runtime(tree, secrets, isHardened);
    }

    private static void Kubelet(HostTree tree, Secrets secrets, bool isHardened)
    {
        UnixFileMode mode = isHardened ? Owner : Open;
        tree.File("/usr/lib/systemd/system/kubelet.service", "[Unit]\nDescription=kubelet\n[Service]\nExecStart=/usr/bin/kubelet\n", mode)
            .File(
                "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
                $"[Service]\nEnvironment=\"REGISTRY_PASSWORD={secrets["unit password"]}\"\nEnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\nEnvironmentFile=-/etc/default/kubelet\nExecStart=\n",
                mode)
            .File("/var/lib/kubelet/kubeadm-flags.env", $"KUBELET_KUBEADM_ARGS=\"--token={secrets["kubeadm-flags.env token"]}\"\n", mode)
            .File("/etc/kubernetes/kubelet.conf", KubeConfig(secrets, "kubelet.conf"), mode)
            .File("/etc/kubernetes/bootstrap-kubelet.conf", KubeConfig(secrets, "bootstrap-kubelet.conf"), mode)
            .File("/etc/kubernetes/pki/ca.crt", TestCertificates.Authority, mode)
            .File("/var/lib/kubelet/pki/kubelet.crt", TestCertificates.Server, mode)
            .File("/var/lib/kubelet/pki/kubelet.key", TestCertificates.Key(secrets["kubelet.key"]), mode)
            .File("/var/lib/kubelet/pki/kubelet-client-current.pem", TestCertificates.Server + TestCertificates.Key(secrets["kubelet-client-current.pem"]), mode)
            .File(KubeletConfig, isHardened ? HardenedKubelet(secrets) : WeakKubelet(secrets), mode);
        string[] weak = isHardened ? [] : ["--hostname-override=other", "--streaming-connection-idle-timeout=0", "--feature-gates=RotateKubeletServerCertificate=false"];
        tree.Process(
            800, "/usr/bin/kubelet",
            [
                "/usr/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf", "--kubeconfig=/etc/kubernetes/kubelet.conf", "--config=" + KubeletConfig,
                "--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock", "--register-token", secrets["kubelet command line"], .. weak,
            ],
            "/system.slice/kubelet.service");
    }

    private static string HardenedKubelet(Secrets secrets) => $"""
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        # {secrets["remark of the kubelet's configuration"]}
        authentication:
          anonymous:
            enabled: false
          webhook:
            cacheTTL: 0s
            enabled: true
          x509:
            clientCAFile: /etc/kubernetes/pki/ca.crt
        authorization:
          mode: Webhook
        clusterDNS:
        - 10.96.0.10
        cgroupDriver: systemd
        eventRecordQPS: 5
        podPidsLimit: 4096
        protectKernelDefaults: true
        readOnlyPort: 0
        rotateCertificates: true
        seccompDefault: true
        serverTLSBootstrap: true
        staticPodPath: /etc/kubernetes/manifests
        staticPodURLHeader:
          X-Access:
          - {secrets["staticPodURLHeader"]}
        streamingConnectionIdleTimeout: 0s
        tlsCertFile: /var/lib/kubelet/pki/kubelet.crt
        tlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key
        tlsCipherSuites:
        - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        featureGates:
          RotateKubeletServerCertificate: true
        """;

    private static string WeakKubelet(Secrets secrets) => $"""
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        authentication:
          anonymous: {"{"}enabled: true{"}"}
          webhook: {"{"}enabled: false{"}"}
        authorization:
          mode: AlwaysAllow
        enableDebuggingHandlers: true
        enableProfilingHandler: true
        eventRecordQPS: 1
        makeIPTablesUtilChains: false
        protectKernelDefaults: false
        readOnlyPort: 10255
        rotateCertificates: false
        serverTLSBootstrap: false
        staticPodPath: /etc/kubernetes/manifests
        staticPodURL: http://manifests.example/
        staticPodURLHeader: {"{"}Authorization: ["{secrets["staticPodURLHeader"]}"]{"}"}
        tlsCipherSuites: [TLS_RSA_WITH_AES_128_CBC_SHA]
        tlsMinVersion: VersionTLS10
        """;

    private static void Proxy(HostTree tree, Secrets secrets, bool isHardened)
    {
        const string Volume = "/var/lib/kubelet/pods/7f3c5a52-0c4e-4d9b-8b0a-6b1f2a1f5c11/volumes/kubernetes.io~configmap/kube-proxy";
        UnixFileMode mode = isHardened ? Owner : Open;
        tree.File(Volume + "/..2026_01_01/config.conf", $"""
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            kind: KubeProxyConfiguration
            bindAddress: 0.0.0.0
            clientConnection:
              kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
            enableProfiling: {(isHardened ? "false" : "true")}
            metricsBindAddress: "{(isHardened ? string.Empty : "0.0.0.0:10249")}"
            mode: iptables
            """, mode)
            .File(Volume + "/..2026_01_01/kubeconfig.conf", KubeConfig(secrets, "kube-proxy kubeconfig"), mode)
            .Link(Volume + "/..data", "..2026_01_01").Link(Volume + "/config.conf", "..data/config.conf").Link(Volume + "/kubeconfig.conf", "..data/kubeconfig.conf")
            .Process(
                900, "/usr/local/bin/kube-proxy", ["/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf", "--hostname-override=node-1"],
                $"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod7f3c5a52_0c4e_4d9b_8b0a_6b1f2a1f5c11.slice/cri-containerd-{new string('a', 64)}.scope");
    }

    private static HostTree Runtime(HostTree tree, Secrets secrets, bool isHardened)
    {
        UnixFileMode mode = isHardened ? Owner : Open;
        return tree.File("/etc/containerd/config.toml", $"""
            version = 2
            [grpc]
              address = "/run/containerd/containerd.sock"
            [plugins."io.containerd.grpc.v1.cri"]
              enable_selinux = {(isHardened ? "true" : "false")}
              enable_unprivileged_ports = {(isHardened ? "false" : "true")}
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                  SystemdCgroup = true
              [plugins."io.containerd.grpc.v1.cri".registry.configs."registry.example".auth]
                username = "puller"
                password = "{secrets["containerd registry password"]}"
                auth = "{secrets["containerd registry auth"]}"
            {(isHardened ? string.Empty : "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"old.example\".tls]\n  insecure_skip_verify = true")}
            """, mode)
            .File("/run/containerd/containerd.sock", "", mode)
            .File("/root/.docker/config.json", $$$"""{"auths":{"registry.example":{"auth":"{{{secrets["docker config.json"]}}}"} } }""", mode)
            .File("/etc/kubernetes/cloud.conf", $"[Global]\npassword={secrets["cloud.conf"]}\n", mode)
            .File("/etc/shadow", $"root:{secrets["shadow"]}:19000:0:99999:7:::\n", mode)
            .File("/etc/cni/net.d/10-calico.conflist", $$$"""
                {"name": "k8s-pod-network", "cniVersion": "0.3.1", "plugins": [
                  {"type": "{{{(isHardened ? "calico" : "flannel")}}}", "policy": {"type": "k8s", "k8s_auth_token": "{{{secrets["calico token"]}}}"}, "kubernetes": {"kubeconfig": "/etc/cni/net.d/calico-kubeconfig"}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}]}
                """, mode)
            .File("/etc/cni/net.d/calico-kubeconfig", KubeConfig(secrets, "calico-kubeconfig"), mode)
            .Process(700, "/usr/bin/containerd", ["/usr/bin/containerd"], "/system.slice/containerd.service")
            .Process(950, isHardened ? "/bin/calico-node" : "/opt/bin/flanneld", ["node-agent-of-the-network"], $"/kubepods.slice/cri-containerd-{new string('b', 64)}.scope");
    }
}
