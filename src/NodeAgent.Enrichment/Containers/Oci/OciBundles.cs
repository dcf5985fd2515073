// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers.Oci;

/// <summary>Finds what a runtime wrote for the OCI runtime before it started a container. For the lookup's background task.</summary>
/// <remarks>It is there before the container's cgroup is, and it says what no CRI call says as surely: what the kernel was asked to enforce.</remarks>
public sealed class OciBundles
{
    private const int MaxConfigBytes = 4 << 20;

    private readonly OciBundleOptions _options;

    public OciBundles(OciBundleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <param name="containerId">An id from a cgroup path; names that are no directory name are not looked for.</param>
    /// <returns>Null when no runtime has such a bundle, or when it cannot be read.</returns>
    internal OciSpec? Find(string containerId)
    {
        if (containerId.Length == 0 || containerId is "." or ".." || containerId.AsSpan().IndexOfAny('/', '\0', '*') >= 0)
        {
            return null;
        }

        foreach (string pattern in _options.Directories)
        {
            foreach (string directory in PathPattern.Expand(_options.HostRoot + pattern.Replace("{id}", containerId, StringComparison.Ordinal)))
            {
                if (ReadFile(directory) is { } spec)
                {
                    return spec;
                }
            }
        }

        return null;
    }

    /// <param name="bundle">Shape: absolute directory on the host.</param>
    internal OciSpec? Read(string bundle) => bundle.Length == 0 ? null : ReadFile(_options.HostRoot + bundle);

    private static OciSpec? ReadFile(string directory)
    {
        try
        {
            var file = new FileInfo($"{directory}/config.json");
            return file.Exists && file.Length <= MaxConfigBytes ? OciSpec.Parse(File.ReadAllBytes(file.FullName), IsHosts) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="path">Shape: <c>/proc/PID/ns/net</c>, whose target names the namespace; others are mounts of namespaces that somebody made.</param>
    private static bool IsHosts(string path)
    {
        if (!path.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            // The first process may be of another user namespace, as in a nested machine, and not ours to look at: then ours is the host's.
            string name = Path.GetFileName(path);
            string? target = new FileInfo(path).LinkTarget;
            return target is not null && target == (new FileInfo("/proc/1/ns/" + name).LinkTarget ?? new FileInfo("/proc/self/ns/" + name).LinkTarget);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
