// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Errors;

/// <summary>The kernel or libbpf refused something. The message is one clear line; the whole verifier log is beside it.</summary>
public sealed class BpfException : Exception
{
    internal BpfException(int errorNumber, string errorName, string operation, string? program, string? verifierLog)
        : base(Describe(errorName, operation, program, verifierLog))
    {
        ErrorNumber = errorNumber;
        ErrorName = errorName;
        Operation = operation;
        Program = program;
        VerifierLog = verifierLog;
    }

    public int ErrorNumber { get; }

    /// <summary>Shape: <c>EPERM</c>.</summary>
    public string ErrorName { get; }

    /// <summary>Shape: a verb with its object, <c>load program</c>.</summary>
    public string Operation { get; }

    /// <summary>The program or map concerned.</summary>
    public string? Program { get; }

    /// <summary>What the verifier, or libbpf before it, said; several lines.</summary>
    public string? VerifierLog { get; }

    private static string Describe(string errorName, string operation, string? program, string? verifierLog)
    {
        string head = program is null ? $"{operation}: {errorName}" : $"{operation} {program}: {errorName}";
        string? line = VerifierLogText.UsefulLine(verifierLog);
        return line is null ? head : $"{head}: {line}";
    }
}
