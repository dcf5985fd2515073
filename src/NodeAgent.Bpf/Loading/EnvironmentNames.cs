// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>The environment variables that exec events carry: only what is named here leaves the process.</summary>
/// <remarks>Source: bpf/include/environment.bpf.h, which also sets the bounds.</remarks>
internal static class EnvironmentNames
{
    internal const int MaxCount = 64;

    /// <summary>Units: bytes, without the NUL.</summary>
    internal const int MaxLength = 31;

    private const string MapName = "na_environment_names";

    /// <summary>What makes loaders, interpreters and shells run code that the command line does not name, or hide what was typed.</summary>
    internal static IReadOnlyList<string> Default { get; } =
    [
        "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_DEBUG", "LD_PROFILE", "GCONV_PATH", "GLIBC_TUNABLES",
        "BASH_ENV", "ENV", "PROMPT_COMMAND", "PS4", "HISTFILE", "LESSOPEN", "GIT_SSH_COMMAND",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PERL5LIB", "PERL5OPT", "PERL5DB", "RUBYLIB", "RUBYOPT",
        "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "PHPRC", "PHP_INI_SCAN_DIR", "LUA_INIT",
    ];

    internal static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && !name.Any(letter => letter is '=' or <= ' ' or > '~');

    /// <summary>Before the object is loaded.</summary>
    internal static void SetConstants(BpfObject target, IReadOnlyCollection<string> names)
    {
        ulong letters = names.Aggregate(0ul, (bits, name) => bits | 1ul << (name[0] & 63));
        target.TrySetConstant("na_environment_letters", letters);
    }

    /// <summary>After it is loaded and before its programs are attached.</summary>
    internal static void Fill(BpfObject loaded, IReadOnlyCollection<string> names)
    {
        if (loaded.FindMap(MapName) is not { } declared)
        {
            return;
        }

        using KernelMap map = declared.OpenKernelMap();
        Span<byte> key = stackalloc byte[MaxLength + 1];
        Span<byte> value = stackalloc byte[sizeof(uint)];
        value.Clear();
        foreach (string name in names)
        {
            key.Clear();
            Encoding.ASCII.GetBytes(name, key);
            map.Update(key, value);
        }
    }
}
