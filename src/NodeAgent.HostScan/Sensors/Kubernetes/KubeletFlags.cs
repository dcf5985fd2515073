// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Which field each flag of a kubelet sets. Source: kubelet's reference of flags.</summary>
internal static class KubeletFlags
{
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["address"] = "address",
        ["port"] = "port",
        ["read-only-port"] = "readOnlyPort",
        ["enable-server"] = "enableServer",
        ["anonymous-auth"] = "authentication.anonymous.enabled",
        ["authentication-token-webhook"] = "authentication.webhook.enabled",
        ["authentication-token-webhook-cache-ttl"] = "authentication.webhook.cacheTTL",
        ["client-ca-file"] = "authentication.x509.clientCAFile",
        ["authorization-mode"] = "authorization.mode",
        ["authorization-webhook-cache-authorized-ttl"] = "authorization.webhook.cacheAuthorizedTTL",
        ["authorization-webhook-cache-unauthorized-ttl"] = "authorization.webhook.cacheUnauthorizedTTL",
        ["tls-cert-file"] = "tlsCertFile",
        ["tls-private-key-file"] = "tlsPrivateKeyFile",
        ["tls-cipher-suites"] = "tlsCipherSuites",
        ["tls-min-version"] = "tlsMinVersion",
        ["rotate-certificates"] = "rotateCertificates",
        ["rotate-server-certificates"] = "serverTLSBootstrap",
        ["protect-kernel-defaults"] = "protectKernelDefaults",
        ["make-iptables-util-chains"] = "makeIPTablesUtilChains",
        ["streaming-connection-idle-timeout"] = "streamingConnectionIdleTimeout",
        ["event-qps"] = "eventRecordQPS",
        ["event-burst"] = "eventBurst",
        ["registry-qps"] = "registryPullQPS",
        ["registry-burst"] = "registryBurst",
        ["enable-debugging-handlers"] = "enableDebuggingHandlers",
        ["healthz-port"] = "healthzPort",
        ["healthz-bind-address"] = "healthzBindAddress",
        ["pod-max-pids"] = "podPidsLimit",
        ["max-pods"] = "maxPods",
        ["seccomp-default"] = "seccompDefault",
        ["fail-swap-on"] = "failSwapOn",
        ["register-node"] = "registerNode",
        ["pod-manifest-path"] = "staticPodPath",
        ["manifest-url"] = "staticPodURL",
        ["manifest-url-header"] = "staticPodURLHeader",
        ["cgroup-driver"] = "cgroupDriver",
        ["cgroup-root"] = "cgroupRoot",
        ["cluster-dns"] = "clusterDNS",
        ["cluster-domain"] = "clusterDomain",
        ["allowed-unsafe-sysctls"] = "allowedUnsafeSysctls",
        ["container-runtime-endpoint"] = "containerRuntimeEndpoint",
        ["resolv-conf"] = "resolvConf",
        ["hairpin-mode"] = "hairpinMode",
        ["volume-plugin-dir"] = "volumePluginDir",
        ["kube-api-qps"] = "kubeAPIQPS",
        ["kube-api-burst"] = "kubeAPIBurst",
        ["serialize-image-pulls"] = "serializeImagePulls",
        ["pod-cidr"] = "podCIDR",
        ["provider-id"] = "providerID",
        ["enforce-node-allocatable"] = "enforceNodeAllocatable",
    };

    /// <summary>Flags over what was set before. Gates are merged one by one; what is no field keeps the flag's name.</summary>
    public static void Set(SettingList settings, IEnumerable<ProgramFlag> flags)
    {
        foreach (ProgramFlag flag in flags)
        {
            if (flag.Name == "feature-gates")
            {
                SetGates(settings, flag);
            }
            else if (Fields.TryGetValue(flag.Name, out string? field))
            {
                settings.Set(field, field == "authorization.mode" ? flag.Value : flag.Typed(), flag.Source, flag.Line);
            }
            else
            {
                settings.Set("--" + flag.Name, flag.Typed(), flag.Source, flag.Line);
            }
        }
    }

    private static void SetGates(SettingList settings, ProgramFlag flag)
    {
        foreach (string[] gate in flag.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(gate => gate.Split('=', 2)))
        {
            if (gate is [{ Length: > 0 } name, var value])
            {
                settings.Set("featureGates." + name, (flag with { Name = name, Value = value }).Typed(), flag.Source, flag.Line);
            }
        }
    }
}
