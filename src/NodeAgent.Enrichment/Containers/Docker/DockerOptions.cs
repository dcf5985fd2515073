// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers.Docker;

/// <summary>Where Docker, and Podman with its Docker-compatible API, listen.</summary>
public sealed class DockerOptions : RuntimeOptions
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

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        Check(Section, Sockets);
    }
}
