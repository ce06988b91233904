// `narrows completion`: a script for the shell, made of the commands that there are.
import { Argument, type Command } from 'commander';

type Shell = 'bash' | 'zsh' | 'fish';

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell, to be sourced')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: Shell) => void process.stdout.write(completionScript(program, shell)));
}

/** The script for `shell` that completes the commands of `program`, their options and names of files. */
function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: [command, ...command.commands].flatMap(({ options }) =>
      options.map(({ long, description }) => ({ long: long!, about: description })),
    ),
    /** Of `narrows servers add` and the like. */
    verbs: command.commands.map((verb) => ({ name: verb.name(), about: verb.description() })),
  }));
  return shell === 'fish' ? fish(program.name(), commands) : bash(program.name(), commands, shell === 'zsh');
}

interface Described {
  name: string;
  about: string;
  options: { long: string; about: string }[];
  verbs: { name: string; about: string }[];
}

/** zsh runs the completion functions of bash. */
function bash(name: string, commands: readonly Described[], isZsh: boolean): string {
  const cases = commands.map((command) => {
    const names = [...command.verbs.map((verb) => verb.name), ...command.options.map(({ long }) => long), '--help'];
    const words = [...new Set(names)].join(' ');
    return `    ${command.name}) words="${words}" ;;`;
  });
  return `${isZsh ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  case \${COMP_CWORD} in
    1) words="${commands.map((command) => command.name).join(' ')} --help --version" ;;
    *) case \${COMP_WORDS[1]} in
${cases.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _${name} ${name}
`;
}

function fish(name: string, commands: readonly Described[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.about)}`,
    ...command.verbs.map(
      (verb) =>
        `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}' -f -a ${verb.name} -d ${quoted(verb.about)}`,
    ),
    ...command.options.map(
      ({ long, about }) =>
        `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}' -l ${long.slice(2)} -d ${quoted(about)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
