// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import;

/// <summary>What a file of somebody's rules may take, whatever is in it.</summary>
internal static class ImportLimits
{
    /// <summary>Units: UTF-16 units of one file.</summary>
    public const int MaxFileLength = 4 << 20;

    public const int MaxYamlDepth = 64;

    /// <summary>Units: values of one document, aliases written out.</summary>
    public const int MaxYamlValues = 1_000_000;

    /// <summary>Units: rules of one import.</summary>
    public const int MaxRules = 20_000;

    /// <summary>Units: UTF-16 units of one condition, as it is written; the rules' own language takes no more.</summary>
    public const int MaxConditionLength = 100_000;

    /// <summary>Levels of parentheses and <c>not</c> in a condition, and of macros that name macros.</summary>
    public const int MaxConditionDepth = 60;

    /// <summary>Units: parts of one rule's condition, macros and lists written out.</summary>
    public const int MaxConditionParts = 20_000;

    /// <summary>Units: parts of conditions that one import looks at, for all rules and events together; some seconds.</summary>
    public const long MaxImportSteps = 20_000_000;

    /// <summary>Units: tags, and exceptions, of one rule.</summary>
    public const int MaxTags = 200;

    /// <summary>Units: parts of a message.</summary>
    public const int MaxMessageParts = 200;
}
