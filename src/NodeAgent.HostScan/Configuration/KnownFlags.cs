// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Configuration;

/// <summary>What is to be known of flags to read them. Source: the reference of each component's command line.</summary>
internal static class KnownFlags
{
    // pflag takes the next argument for the value of every flag but these.
    private static readonly HashSet<string> Switches = new(StringComparer.Ordinal)
    {
        "anonymous-auth", "profiling", "contention-profiling", "read-only", "rotate-certificates", "rotate-server-certificates", "protect-kernel-defaults", "make-iptables-util-chains",
        "fail-swap-on", "enable-server", "register-node", "register-schedulable", "seccomp-default", "allow-privileged", "use-service-account-credentials", "leader-elect",
        "allocate-node-cidrs", "service-account-lookup", "enable-bootstrap-token-auth", "authentication-token-webhook", "client-cert-auth", "peer-client-cert-auth", "auto-tls",
        "peer-auto-tls", "enable-debugging-handlers", "cgroups-per-qos", "kernel-memcg-notification", "enable-aggregator-routing", "enable-garbage-collector", "version", "help",
        "bind-address-hard-fail", "masquerade-all", "cleanup", "docker", "rootless", "selinux", "protect", "debug", "disable-agent", "disable-kube-proxy", "secrets-encryption",
        "cluster-init", "embedded-registry", "enable-pprof", "v2-deprecation", "pre-vote", "alsologtostderr", "logtostderr", "enable-system-log-handler", "enable-profiling-handler",
        "live-restore", "icc", "userland-proxy", "no-new-privileges", "tls", "tlsverify", "tls-verify", "enable-controller-attach-detach", "serialize-image-pulls", "runonce",
        "disable-network-policy", "disable-cloud-controller", "disable-helm-controller", "disable-etcd", "disable-apiserver", "disable-controller-manager", "disable-scheduler",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
    {
        "authorization-mode", "enable-admission-plugins", "disable-admission-plugins", "admission-control", "tls-cipher-suites", "cipher-suites", "feature-gates", "controllers",
        "allowed-unsafe-sysctls", "enforce-node-allocatable", "runtime-config", "service-account-key-file", "service-account-issuer", "api-audiences", "cluster-dns",
    };

    public static bool IsSwitch(string name) => Switches.Contains(name);

    public static bool IsList(string name) => Lists.Contains(name);
}
