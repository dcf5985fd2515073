// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Pins;

/// <summary>What a pin in a bpffs holds.</summary>
public enum PinKind
{
    Other = 0,
    Map = 1,
    Program = 2,
    Link = 3,
}
