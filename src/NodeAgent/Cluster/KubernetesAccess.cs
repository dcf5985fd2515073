// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Kubernetes.Configuration;

namespace NodeAgent.Cluster;

/// <summary>Decides which API server is asked: the one of a kubeconfig, the one of the cluster we run in, or none.</summary>
internal static class KubernetesAccess
{
    /// <summary>Whether there is one to ask, by settings or surroundings.</summary>
    public static bool IsNamed(KubernetesSettings settings) =>
        settings.Kubeconfig != KubernetesSettings.None && (settings.Kubeconfig.Length != 0 || KubernetesClientConfiguration.IsInCluster());

    /// <returns>Null = none, which is a way to work.</returns>
    /// <remarks>Errors: <see cref="ConfigurationException"/> when a kubeconfig was named and cannot be used.</remarks>
    public static KubernetesClientConfiguration? Find(KubernetesSettings settings, ILogger logger)
    {
        if (settings.Kubeconfig == KubernetesSettings.None)
        {
            return null;
        }

        try
        {
            return settings.Kubeconfig.Length != 0 ? KubernetesClientConfiguration.BuildConfigFromConfigFile(settings.Kubeconfig)
                : KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig()
                : null;
        }
        catch (KubeConfigException error) when (settings.Kubeconfig.Length != 0)
        {
            throw new ConfigurationException($"setting 'kubernetes.kubeconfig': {error.Message}");
        }
        catch (KubeConfigException error)
        {
            Log.NoApiServer(logger, error.Message);
            return null;
        }
    }
}
