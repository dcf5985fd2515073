// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers;

/// <summary>Where runc keeps its state.</summary>
public sealed class RuncStateOptions
{
    public const string Section = "enrichment:runc";

    /// <summary>Shape: absolute directories that hold <c>ID/state.json</c>; a last segment <c>*</c> stands for each directory there.</summary>
    public IList<string> Roots { get; } = ["/run/runc", "/run/containerd/runc/*", "/run/docker/runtime-runc/*"];

    /// <summary>Put before each root: where the host's file system is seen from here.</summary>
    public string HostRoot { get; set; } = string.Empty;

    /// <summary>State files that are looked at for one question.</summary>
    public int MaxContainers { get; set; } = 2048;

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        OptionCheck.AtLeast(Section, nameof(MaxContainers), MaxContainers, 1);
        foreach (string root in Roots)
        {
            if (!Path.IsPathRooted(root))
            {
                throw new ArgumentException($"{Section}:{nameof(Roots)} holds '{root}', which is no absolute path");
            }
        }
    }
}
