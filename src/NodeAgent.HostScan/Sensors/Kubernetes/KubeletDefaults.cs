// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>What a kubelet does where nothing is set, of all that bears on security. Source: KubeletConfiguration v1beta1, and kubelet's reference of flags.</summary>
internal static class KubeletDefaults
{
    private static readonly (string Key, object Value)[] OfFile =
    [
        ("address", "0.0.0.0"), ("port", 10250), ("readOnlyPort", 0), ("enableServer", true),
        ("authentication.anonymous.enabled", false), ("authentication.webhook.enabled", true), ("authentication.webhook.cacheTTL", "2m0s"),
        ("authorization.mode", "Webhook"), ("authorization.webhook.cacheAuthorizedTTL", "5m0s"), ("authorization.webhook.cacheUnauthorizedTTL", "30s"),
        ("rotateCertificates", false), ("serverTLSBootstrap", false), ("protectKernelDefaults", false), ("makeIPTablesUtilChains", true),
        ("streamingConnectionIdleTimeout", "4h0m0s"), ("eventRecordQPS", 50), ("eventBurst", 100), ("enableDebuggingHandlers", true), ("enableProfilingHandler", true),
        ("enableSystemLogHandler", true), ("enableDebugFlagsHandler", true), ("healthzPort", 10248), ("healthzBindAddress", "127.0.0.1"), ("podPidsLimit", -1), ("maxPods", 110),
        ("seccompDefault", false), ("failSwapOn", true), ("registerNode", true), ("cgroupDriver", "cgroupfs"), ("containerRuntimeEndpoint", "unix:///run/containerd/containerd.sock"),
    ];

    // Without a file the kubelet still opens what it opened before it had files.
    private static readonly (string Key, object Value)[] OfFlags =
    [
        ("readOnlyPort", 10255), ("authentication.anonymous.enabled", true), ("authentication.webhook.enabled", false), ("authorization.mode", "AlwaysAllow"),
    ];

    // What k3s passes to its kubelet itself. Source: docs.k3s.io, CIS self-assessment.
    private static readonly (string Key, object Value)[] OfK3s =
    [
        ("authentication.anonymous.enabled", false), ("authentication.webhook.enabled", true), ("authorization.mode", "Webhook"), ("readOnlyPort", 0),
        ("authentication.x509.clientCAFile", "/var/lib/rancher/k3s/agent/client-ca.crt"), ("tlsCertFile", "/var/lib/rancher/k3s/agent/serving-kubelet.crt"),
        ("tlsPrivateKeyFile", "/var/lib/rancher/k3s/agent/serving-kubelet.key"), ("address", "0.0.0.0"), ("healthzBindAddress", "127.0.0.1"),
        ("containerRuntimeEndpoint", "unix:///run/k3s/containerd/containerd.sock"),
    ];

    // Of these, nothing in a file cannot be told from zero: kubeadm writes 0s for "as by default". A flag of zero is zero.
    private static readonly HashSet<string> ZeroIsDefault = new(StringComparer.Ordinal)
    {
        "address", "port", "authentication.webhook.cacheTTL", "authorization.mode", "authorization.webhook.cacheAuthorizedTTL", "authorization.webhook.cacheUnauthorizedTTL",
        "eventBurst", "healthzBindAddress", "streamingConnectionIdleTimeout", "maxPods", "cgroupDriver", "containerRuntimeEndpoint",
    };

    public static void SetWhereZero(SettingList settings)
    {
        foreach ((string key, object value) in OfFile.Where(pair => ZeroIsDefault.Contains(pair.Key) && IsZero(settings[pair.Key]?.Value)))
        {
            settings.Set(key, value, SettingList.Default);
        }
    }

    public static void Set(SettingList settings, bool hasFile, bool isK3s)
    {
        Set(settings, OfFile);
        if (isK3s)
        {
            Set(settings, OfK3s);
        }
        else if (!hasFile)
        {
            Set(settings, OfFlags);
        }
    }

    private static void Set(SettingList settings, (string Key, object Value)[] defaults)
    {
        foreach ((string key, object value) in defaults)
        {
            settings.Set(key, value, SettingList.Default);
        }
    }

    // Shape: 0, "", "0s", "0h0m0s".
    private static bool IsZero(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out long whole) && whole == 0,
        { ValueKind: JsonValueKind.String } text => text.GetString()!.AsSpan().TrimStart("0hmsuµn.").IsEmpty,
        _ => false,
    };
}
