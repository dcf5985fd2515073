// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers.Docker;

/// <summary>Where Docker, and Podman with its Docker-compatible API, listen.</summary>
public sealed class DockerOptions
{
    public const string Section = "enrichment:docker";

    /// <summary>Shape: absolute paths of UNIX sockets; a segment <c>*</c> stands for each directory there.</summary>
    public IList<string> Sockets { get; } =
    [
        "/run/docker.sock",
        "/run/podman/podman.sock",
        "/run/user/*/docker.sock", // rootless
        "/run/user/*/podman/podman.sock",
    ];

    /// <summary>Put before each path: where the host's file system is seen from here.</summary>
    public string HostRoot { get; set; } = string.Empty;

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First pause after a socket failed; it doubles up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        if (CallTimeout <= TimeSpan.Zero || MinBackoff <= TimeSpan.Zero || MaxBackoff < MinBackoff)
        {
            throw new ArgumentException($"{Section}: {nameof(CallTimeout)} and {nameof(MinBackoff)} must be above 0, {nameof(MaxBackoff)} not below {nameof(MinBackoff)}");
        }

        foreach (string socket in Sockets)
        {
            if (!Path.IsPathRooted(socket))
            {
                throw new ArgumentException($"{Section}:{nameof(Sockets)} holds '{socket}', which is no absolute path");
            }
        }
    }
}
