// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers;

/// <summary>How runtimes are asked, whichever way they speak.</summary>
public abstract class RuntimeOptions
{
    /// <summary>Put before each path: where the host's file system is seen from here.</summary>
    public string HostRoot { get; set; } = string.Empty;

    /// <summary>Longest wait for one answer.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First pause after a socket failed; it doubles up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    protected void Check(string section, IEnumerable<string> sockets)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        if (CallTimeout <= TimeSpan.Zero || MinBackoff <= TimeSpan.Zero || MaxBackoff < MinBackoff)
        {
            throw new ArgumentException($"{section}: {nameof(CallTimeout)} and {nameof(MinBackoff)} must be above 0, {nameof(MaxBackoff)} not below {nameof(MinBackoff)}");
        }

        foreach (string socket in sockets)
        {
            if (!Path.IsPathRooted(socket))
            {
                throw new ArgumentException($"{section}:Sockets holds '{socket}', which is no absolute path");
            }
        }
    }
}
