// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using NodeAgent.Events.Syscalls;

namespace NodeAgent.TestSupport.Syscalls;

/// <summary>System call numbers as the installed kernel headers define them, read through the preprocessor.</summary>
public static partial class SyscallHeaders
{
    // Macros that look like calls: a placeholder, the size of the table, a second name of arm.
    private static readonly HashSet<string> NoCalls = ["arch_specific_syscall", "syscalls", "arm_sync_file_range", "SYSCALL_BASE", "OABI_SYSCALL_BASE", "SYSCALL_MASK"];

    /// <summary>The Debian packages that the headers come from.</summary>
    public const string Packages = "linux-libc-dev, linux-libc-dev-arm64-cross and linux-libc-dev-armhf-cross";

    /// <returns>Name to number; null when the headers are not installed.</returns>
    public static IReadOnlyDictionary<string, int>? Read(SyscallAbi abi) => abi switch
    {
        SyscallAbi.X64 => Read("x86_64-linux-gnu", "/usr/include/x86_64-linux-gnu", "asm/unistd_64.h"),
        SyscallAbi.I386 => Read("x86_64-linux-gnu", "/usr/include/x86_64-linux-gnu", "asm/unistd_32.h"),
        SyscallAbi.Arm64 => Read("aarch64-linux-gnu", "/usr/aarch64-linux-gnu/include", "asm/unistd.h"),
        SyscallAbi.Arm => Read("arm-linux-gnueabihf", "/usr/arm-linux-gnueabihf/include", "asm/unistd.h"),
        _ => throw new ArgumentOutOfRangeException(nameof(abi)),
    };

    /// <summary>x32's numbers, without the bit that marks them.</summary>
    public static IReadOnlyDictionary<string, int>? ReadX32() =>
        Read("x86_64-linux-gnu", "/usr/include/x86_64-linux-gnu", "asm/unistd_x32.h", "-D__X32_SYSCALL_BIT=0");

    private static Dictionary<string, int>? Read(string target, string folder, string header, params string[] more)
    {
        if (!File.Exists(Path.Combine(folder, header)))
        {
            return null;
        }

        string[] options = ["-target", target, "-nostdinc", "-I", folder, "-x", "c", "-E", .. more];
        string include = $"#include <{header}>\n";
        string macros = Preprocess([.. options, "-dM", "-"], include);
        string[] names = [.. Macro().Matches(macros).Select(match => match.Groups[1].Value).Where(name => !NoCalls.Contains(name))];
        // Many are defined through others, so the preprocessor has to expand each.
        string expanded = Preprocess([.. options, "-P", "-"], include + string.Concat(names.Select(name => $"@{name}@ __NR_{name}\n")));
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Match match in Number().Matches(expanded))
        {
            numbers.Add(match.Groups[1].Value, match.Groups[2].Value.Split('+', StringSplitOptions.TrimEntries)
                .Sum(part => int.Parse(part, CultureInfo.InvariantCulture)));
        }

        return numbers.Count == names.Length
            ? numbers
            : throw new InvalidOperationException($"{header}: {names.Length - numbers.Count} numbers are not understood");
    }

    private static string Preprocess(IEnumerable<string> arguments, string input)
    {
        using Process process = Process.Start(new ProcessStartInfo("clang-19", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"clang-19 ended with {process.ExitCode}");
    }

    [GeneratedRegex(@"^#define __NR_([A-Za-z0-9_]+) ", RegexOptions.Multiline)]
    private static partial Regex Macro();

    [GeneratedRegex(@"^@(\w+)@ \(?([0-9+ ]+)\)?$", RegexOptions.Multiline)]
    private static partial Regex Number();
}
